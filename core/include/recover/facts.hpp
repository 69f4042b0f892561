/// Named typed values, so that reporters need no engine knowledge.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace recover {

/// A fact's value. 64-bit identifiers that are not quantities (a system identifier) are text.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct Fact {
  std::string name;
  Value value;
  friend bool operator==(const Fact&, const Fact&) = default;
};

/// An ordered list; names are unique by convention (set_fact replaces).
using Facts = std::vector<Fact>;

/// Sets or replaces one fact.
void set_fact(Facts& facts, std::string name, Value value);
/// The value of that name, or nullptr. Borrowed from `facts`.
const Value* find_fact(const Facts& facts, std::string_view name);
/// The text of that name; empty when absent or of another type.
std::string text_fact(const Facts& facts, std::string_view name);
/// The number of that name; `otherwise` when absent or of another type.
std::int64_t number_fact(const Facts& facts, std::string_view name, std::int64_t otherwise = 0);
/// The truth of that name; false when absent or of another type.
bool flag_fact(const Facts& facts, std::string_view name);
/// The list of that name; empty when absent or of another type.
std::vector<std::string> list_fact(const Facts& facts, std::string_view name);
/// A value as text for people ("yes", "42", "a, b").
std::string to_text(const Value& value);

}  // namespace recover
