// JSON as text. JSON is UTF-8 and names on disks are bytes, so a text that is not UTF-8 is written
// twice: readable with U+FFFD for what cannot be shown, and exactly as KEY_b64, which wins when it is
// read. nlohmann throws where text is wrong; nothing leaves this file as an exception. What is parsed
// may come from anywhere, so its depth is bounded.
#include "core/model/json_fields.hpp"
#include "core/text/utf8.hpp"
#include "recover/errors.hpp"

#include <openssl/evp.h>

#include <string_view>

namespace recover::json {

namespace {

constexpr int greatest_depth = 64;

std::string approximation(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const text::CodePoint point = text::first_code_point(bytes);
    text += point.valid ? bytes.substr(0, point.length) : std::string_view("\xEF\xBF\xBD");
    bytes.remove_prefix(point.length);
  }
  return text;
}

std::string to_base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

std::optional<std::string> from_base64(const std::string& text) {
  if (text.empty()) return std::string();
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  const int length =
      ::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  // EVP_DecodeBlock(3) counts the padding as zero bytes.
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

void put_text(Json& object, const std::string& key, const std::string& bytes) {
  if (text::is_utf8(bytes)) {
    object[key] = bytes;
    return;
  }
  object[key] = approximation(bytes);
  object[key + "_b64"] = to_base64(bytes);
}

void put_texts(Json& object, const std::string& key, const std::vector<std::string>& texts) {
  Json shown = Json::array();
  Json exact = Json::array();
  bool needs_exact = false;
  for (const auto& text : texts) {
    needs_exact = needs_exact || !text::is_utf8(text);
    shown.push_back(approximation(text));
    exact.push_back(to_base64(text));
  }
  object[key] = std::move(shown);
  if (needs_exact) object[key + "_b64"] = std::move(exact);
}

std::string get_text(const Json& object, const std::string& key) {
  if (!object.is_object()) return {};
  const auto exact = object.find(key + "_b64");
  if (exact != object.end() && exact->is_string()) {
    if (auto bytes = from_base64(exact->get_ref<const std::string&>())) return *bytes;
  }
  const auto shown = object.find(key);
  return shown != object.end() && shown->is_string() ? shown->get<std::string>() : std::string();
}

std::string dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Result<Json> parse(const std::string& text) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    too_deep = too_deep || depth > greatest_depth;
    return !too_deep;
  };
  try {
    Json parsed = Json::parse(text, watch_depth);
    if (!too_deep) return parsed;
  } catch (const Json::exception& problem) {
    return make_error(errors::plan_invalid, "cannot read the JSON text", problem.what());
  }
  return make_error(errors::plan_invalid, "cannot read the JSON text",
                    "it is nested deeper than " + std::to_string(greatest_depth) + " levels");
}

}  // namespace recover::json
