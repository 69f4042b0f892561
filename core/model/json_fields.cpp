// The fields of one JSON object, read strictly: a plan is approved by a person and carried out later, so
// a field that is missing or of another type is refused by name and never guessed.
#include "core/model/json_fields.hpp"

#include "recover/errors.hpp"

#include <limits>

namespace recover::json {

namespace {

Error invalid(const std::string& field, const std::string& problem) {
  return make_error(errors::plan_invalid, "cannot read the field " + field,
                    "the field \"" + field + "\" " + problem)
      .with("field", field)
      .with("problem", problem);
}

}  // namespace

Fields::Fields(const Json& object) : object_(object), is_object_(object.is_object()) {
  if (!is_object_) problem_ = invalid("", "is not an object");
}

void Fields::fail(const std::string& key, const std::string& problem) {
  if (!problem_) problem_ = invalid(key, problem);
}

void Fields::fail_inside(const std::string& key, const Error& inner) {
  const std::string below = text_fact(inner.facts, "field");
  fail(below.empty() ? key : key + "." + below, text_fact(inner.facts, "problem"));
}

const Json* Fields::find(const std::string& key) {
  if (!is_object_) return nullptr;
  const auto found = object_.find(key);
  if (found != object_.end()) return &*found;
  fail(key, "is missing");
  return nullptr;
}

const Json* Fields::find_list(const std::string& key) {
  const Json* found = find(key);
  if (found == nullptr || found->is_array()) return found;
  fail(key, "is not a list");
  return nullptr;
}

bool Fields::flag(const std::string& key) {
  const Json* found = find(key);
  if (found == nullptr) return false;
  if (!found->is_boolean()) fail(key, "is not true or false");
  return found->is_boolean() && found->get<bool>();
}

std::int64_t Fields::number(const std::string& key) {
  const Json* found = find(key);
  if (found == nullptr) return 0;
  const bool fits =
      found->is_number_integer() &&
      (!found->is_number_unsigned() ||
       found->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  if (!fits) fail(key, "is not a whole number");
  return fits ? found->get<std::int64_t>() : 0;
}

std::uint64_t Fields::count(const std::string& key) {
  const Json* found = find(key);
  if (found == nullptr) return 0;
  // A value that was made in memory may be a signed one.
  const bool fits =
      found->is_number_unsigned() || (found->is_number_integer() && found->get<std::int64_t>() >= 0);
  if (!fits) fail(key, "is not a whole number of 0 or more");
  return fits ? found->get<std::uint64_t>() : 0;
}

unsigned Fields::mode(const std::string& key) {
  const std::uint64_t value = count(key);
  if (value > 07777) fail(key, "is no file mode");
  return static_cast<unsigned>(value & 07777U);
}

double Fields::real(const std::string& key) {
  const Json* found = find(key);
  if (found == nullptr) return 0;
  if (!found->is_number()) fail(key, "is not a number");
  return found->is_number() ? found->get<double>() : 0;
}

std::string Fields::text(const std::string& key) {
  const Json* found = find(key);
  if (found == nullptr) return {};
  if (!found->is_string()) {
    fail(key, "is not a text");
    return {};
  }
  const auto exact = object_.find(key + "_b64");
  if (exact == object_.end()) return found->get<std::string>();
  const auto bytes = exact->is_string() ? from_base64(exact->get_ref<const std::string&>()) : std::nullopt;
  if (!bytes) fail(key + "_b64", "is not base64");
  return bytes.value_or("");
}

std::vector<std::string> Fields::texts(const std::string& key) {
  std::vector<std::string> values;
  const Json* shown = find_list(key);
  if (shown == nullptr) return values;
  const bool is_exact = object_.contains(key + "_b64");
  const Json* chosen = is_exact ? find_list(key + "_b64") : shown;
  if (chosen == nullptr) return values;
  if (chosen->size() != shown->size()) fail(key + "_b64", "has another length than " + key);
  for (const auto& element : *chosen) {
    if (!element.is_string()) {
      fail(key, "holds something that is not a text");
      continue;
    }
    std::string value = element.get<std::string>();
    const auto bytes = is_exact ? from_base64(value) : std::optional(std::move(value));
    if (!bytes) fail(key + "_b64", "is not base64");
    values.push_back(bytes.value_or(""));
  }
  return values;
}

std::optional<Error> Fields::maybe_error(const std::string& key) {
  if (!is_object_ || !object_.contains(key) || object_.at(key).is_null()) return std::nullopt;
  Error error;
  const auto read = error_from_json(object_.at(key), error);
  if (!read) fail_inside(key, read.error());
  return error;
}

}  // namespace recover::json
