/// Reading the fields of one JSON object. The first problem is remembered and named; what is read
/// after it does not matter, so readers need no branches.
#pragma once

#include "core/model/json.hpp"
#include "core/model/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace recover::json {

class Fields {
 public:
  explicit Fields(const Json& object);

  bool flag(const std::string& key);
  std::int64_t number(const std::string& key);
  std::uint64_t count(const std::string& key);
  Bytes bytes(const std::string& key) { return Bytes{count(key)}; }
  unsigned mode(const std::string& key);
  double real(const std::string& key);
  std::string text(const std::string& key);
  std::vector<std::string> texts(const std::string& key);

  template <typename Enumeration>
  Enumeration word(const std::string& key) {
    const std::string found = text(key);
    const auto value = from_word<Enumeration>(found);
    if (!value && !problem_) fail(key, "has the unknown word \"" + found + "\"");
    return value.value_or(Enumeration{});
  }

  template <typename T>
  T object(const std::string& key, Result<T> (*read)(const Json&)) {
    const Json* found = find(key);
    return found == nullptr ? T{} : take(key, read(*found));
  }

  /// Absent or null is nothing.
  template <typename T>
  std::optional<T> maybe(const std::string& key, Result<T> (*read)(const Json&)) {
    if (!is_object_ || !object_.contains(key) || object_.at(key).is_null()) return std::nullopt;
    return object(key, read);
  }

  template <typename T>
  std::vector<T> list(const std::string& key, Result<T> (*read)(const Json&)) {
    std::vector<T> values;
    const Json* found = find_list(key);
    if (found == nullptr) return values;
    for (std::size_t i = 0; i < found->size(); ++i) {
      values.push_back(take(key + "[" + std::to_string(i) + "]", read(found->at(i))));
    }
    return values;
  }

  std::optional<Error> maybe_error(const std::string& key);

  /// Remembers a problem unless there was one before.
  void fail(const std::string& key, const std::string& problem);

  Result<void> finish() {
    if (problem_) return *std::move(problem_);
    return {};
  }

  template <typename T>
  Result<T> finish(T value) {
    if (problem_) return *std::move(problem_);
    return value;
  }

 private:
  const Json* find(const std::string& key);
  const Json* find_list(const std::string& key);
  void fail_inside(const std::string& key, const Error& inner);

  template <typename T>
  T take(const std::string& key, Result<T> read) {
    if (read) return std::move(read).value();
    fail_inside(key, read.error());
    return T{};
  }

  const Json& object_;
  bool is_object_;
  std::optional<Error> problem_;
};

/// An array of texts, with KEY_b64 holding all of them when one is not UTF-8.
void put_texts(Json& object, const std::string& key, const std::vector<std::string>& texts);

/// The bytes of a base64 text, or nothing when it is none.
std::optional<std::string> from_base64(const std::string& text);

// Parts of the model that have no reader of their own in json.hpp.
Json to_json(const Fact& fact);
Json to_json(const Relation& relation);
Json to_json(const Target& target);
Json to_json(const Action& action);
Json to_json(const Undo& undo);
Result<Fact> fact_from_json(const Json& object);
Result<Check> check_from_json(const Json& object);
Result<Step> step_from_json(const Json& object);
Result<Action> action_from_json(const Json& object);
Result<Undo> undo_from_json(const Json& object);

/// An array with one object for each element.
template <typename T>
Json list_to_json(const std::vector<T>& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(to_json(value));
  return list;
}

}  // namespace recover::json
