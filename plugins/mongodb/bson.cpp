// A BSON walker: length, elements (type, name, value), zero. It is used on heads of files, so a document
// may end before its stated length; what was passed until then counts.
#include "mongodb/bson.hpp"

#include "recover/decoder.hpp"

namespace recover::mongodb {

namespace {

std::string_view take_name(Decoder& in, std::string_view bytes) {
  const std::size_t start = in.position();
  const std::size_t end = bytes.find('\0', start);
  if (end == std::string_view::npos) {
    in.skip(bytes.size() + 1);  // fails
    return {};
  }
  in.seek(end + 1);
  return bytes.substr(start, end - start);
}

/// The value of one element. False: no such type.
bool take_value(Decoder& in, std::string_view bytes, std::uint8_t type, std::string_view& value) {
  switch (type) {
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12: value = in.take(8); return true;
    case 0x02:
    case 0x0d:
    case 0x0e:
      value = in.take(in.little32());
      if (!value.empty()) value.remove_suffix(1);
      return true;
    case 0x03:
    case 0x04: {
      // A nested document in a cut head is handed over as far as it is there.
      const std::size_t start = in.position();
      const std::uint32_t length = in.little32();
      if (length < 5) return false;
      value = bytes.substr(start, length);
      in.skip(length - 4U);
      return true;
    }
    case 0x05: value = in.take(std::uint64_t{in.little32()} + 1); return true;
    case 0x06:
    case 0x0a:
    case 0x7f:
    case 0xff: return true;
    case 0x07: value = in.take(12); return true;
    case 0x08: value = in.take(1); return true;
    case 0x0b:
      take_name(in, bytes);
      take_name(in, bytes);
      return true;
    case 0x0c: value = in.take(std::uint64_t{in.little32()} + 12); return true;
    case 0x10: value = in.take(4); return true;
    case 0x13: value = in.take(16); return true;
    case 0x0f: {
      const std::uint32_t length = in.little32();
      in.skip(length < 4 ? bytes.size() + 1 : length - 4U);
      return true;
    }
    default: return false;
  }
}

}  // namespace

std::optional<std::uint32_t> document_length(std::string_view bytes) {
  if (bytes.size() < 5) return std::nullopt;
  const std::uint32_t length = little32_at(bytes, 0);
  if (length < 5 || length > largest_document) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(bytes[4]);
  const bool is_known = first <= 0x13 || first == 0x7f || first == 0xff;
  return is_known && (first != 0 || length == 5) ? std::optional(length) : std::nullopt;
}

bool each_element(std::string_view bytes, const std::function<bool(const BsonElement&)>& use) {
  const auto length = document_length(bytes);
  if (!length) return false;
  bytes = bytes.substr(0, *length);
  Decoder in(bytes, 4);
  while (true) {
    const std::uint8_t type = in.byte();
    if (in.failed()) return true;  // cut off
    if (type == 0) return true;
    const std::string_view name = take_name(in, bytes);
    std::string_view value;
    if (!take_value(in, bytes, type, value)) return false;
    const bool is_nested = type == 0x03 || type == 0x04;
    if (in.failed() && !is_nested) return true;
    if (!use({static_cast<BsonType>(type), name, value})) return true;
    if (in.failed()) return true;
  }
}

std::string_view document_at(std::string_view document, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) {
    std::string_view next;
    each_element(document, [&](const BsonElement& element) {
      const bool is_nested = element.type == BsonType::document || element.type == BsonType::array;
      if (is_nested && element.name == name) next = element.value;
      return next.empty();
    });
    if (next.empty()) return {};
    document = next;
  }
  return document;
}

std::string text_at(std::string_view document, std::initializer_list<std::string_view> path) {
  const std::string_view last = *(path.end() - 1);
  for (auto name = path.begin(); name != path.end() - 1; ++name) {
    document = document_at(document, {*name});
    if (document.empty()) return {};
  }
  std::string text;
  each_element(document, [&](const BsonElement& element) {
    if (element.type != BsonType::text || element.name != last) return true;
    text = element.value;
    return false;
  });
  return text;
}

}  // namespace recover::mongodb
