// Lookup in the ordered lists of named values that carry engine details.
#include "recover/facts.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace recover {

namespace {

template <typename T>
const T* find_of_type(const Facts& facts, std::string_view name) {
  const Value* value = find_fact(facts, name);
  return value == nullptr ? nullptr : std::get_if<T>(value);
}

}  // namespace

void set_fact(Facts& facts, std::string name, Value value) {
  auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.name == name; });
  if (found != facts.end()) {
    found->value = std::move(value);
  } else {
    facts.push_back({std::move(name), std::move(value)});
  }
}

const Value* find_fact(const Facts& facts, std::string_view name) {
  auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.name == name; });
  return found == facts.end() ? nullptr : &found->value;
}

std::string text_fact(const Facts& facts, std::string_view name) {
  const auto* text = find_of_type<std::string>(facts, name);
  return text == nullptr ? std::string{} : *text;
}

std::int64_t number_fact(const Facts& facts, std::string_view name, std::int64_t otherwise) {
  const auto* number = find_of_type<std::int64_t>(facts, name);
  return number == nullptr ? otherwise : *number;
}

bool flag_fact(const Facts& facts, std::string_view name) {
  const auto* flag = find_of_type<bool>(facts, name);
  return flag != nullptr && *flag;
}

std::vector<std::string> list_fact(const Facts& facts, std::string_view name) {
  const auto* list = find_of_type<std::vector<std::string>>(facts, name);
  return list == nullptr ? std::vector<std::string>{} : *list;
}

std::string to_text(const Value& value) {
  struct Visitor {
    std::string operator()(bool flag) const { return flag ? "yes" : "no"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
      std::array<char, 32> buffer{};
      const int length = std::snprintf(buffer.data(), buffer.size(), "%g", number);
      return {buffer.data(), static_cast<std::size_t>(length)};
    }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::vector<std::string>& list) const {
      std::string joined;
      for (const auto& item : list) {
        joined += joined.empty() ? "" : ", ";
        joined += item;
      }
      return joined;
    }
  };
  return std::visit(Visitor{}, value);
}

}  // namespace recover
