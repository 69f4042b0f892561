// What a value of each type may look like. One place, so that a flag, a key and a variable accept the
// same words. Relies on nothing but text; never looks at the machine: whether a path exists is the
// business of those who use it. The forms are described in docs/configuration.md.
#include "config/value.hpp"

#include "core/text/format.hpp"
#include "core/text/split.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <limits>
#include <string_view>
#include <utility>

namespace recover::config {

namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

struct Unit {
  const char* name;
  std::int64_t factor;
};

constexpr std::array size_units{
    Unit{"", 1}, Unit{"b", 1}, Unit{"kb", 1'000}, Unit{"mb", 1'000'000}, Unit{"gb", 1'000'000'000},
    Unit{"tb", 1'000'000'000'000},
    // One letter is what container runtimes and rclone call KiB, MiB, GiB (podman-run(1), --memory).
    Unit{"k", 1LL << 10}, Unit{"m", 1LL << 20}, Unit{"g", 1LL << 30}, Unit{"t", 1LL << 40},
    Unit{"kib", 1LL << 10}, Unit{"mib", 1LL << 20}, Unit{"gib", 1LL << 30}, Unit{"tib", 1LL << 40}};

constexpr std::array time_units{Unit{"", 1},      Unit{"s", 1},      Unit{"m", 60},
                                Unit{"h", 3'600}, Unit{"d", 86'400}, Unit{"w", 604'800}};

template <std::size_t count>
std::optional<std::int64_t> factor_of(const std::array<Unit, count>& units, const std::string& name) {
  for (const Unit& unit : units) {
    if (name == unit.name) return unit.factor;
  }
  return std::nullopt;
}

/// Takes leading digits off `rest`.
std::optional<std::int64_t> take_number(std::string& rest) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  rest.erase(0, static_cast<std::size_t>(end - rest.data()));
  return number;
}

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

std::optional<std::int64_t> multiply(std::int64_t number, std::int64_t factor) {
  if (number > largest / factor) return std::nullopt;
  return number * factor;
}

std::string number_objection(const Option& option, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) return "expected a whole number";
  const std::string range = option.choices;
  const auto dots = range.find("..");
  if (dots == std::string::npos) return "";
  const auto least = parse_number(range.substr(0, dots)).value_or(0);
  const auto most = parse_number(range.substr(dots + 2)).value_or(largest);
  if (*number >= least && *number <= most) return "";
  return "expected a number from " + std::to_string(least) + " to " + std::to_string(most);
}

std::string choice_objection(const Option& option, const std::string& value) {
  const auto words = text::split(option.choices, "|");
  if (words.empty() || std::find(words.begin(), words.end(), value) != words.end()) return "";
  std::string expected = "expected one of: ";
  for (const auto& word : words) expected += (&word == &words.front() ? "" : ", ") + word;
  const std::string close = text::closest(value, words);
  return close.empty() ? expected : expected + "; did you mean \"" + close + "\"?";
}

}  // namespace

std::optional<bool> parse_flag(const std::string& text) {
  for (const char* word : {"true", "yes", "on", "1"}) {
    if (text == word) return true;
  }
  for (const char* word : {"false", "no", "off", "0"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_number(const std::string& text) {
  std::string rest = text;
  const auto number = take_number(rest);
  return rest.empty() ? number : std::nullopt;
}

std::optional<std::int64_t> parse_size(const std::string& text) {
  std::string rest = lower(text);
  const auto number = take_number(rest);
  if (!number) return std::nullopt;
  rest.erase(0, rest.find_first_not_of(' '));
  const auto factor = factor_of(size_units, rest);
  return factor ? multiply(*number, *factor) : std::nullopt;
}

std::optional<std::int64_t> parse_duration(const std::string& text) {
  std::string rest = lower(text);
  std::int64_t total = 0;
  do {
    const auto number = take_number(rest);
    if (!number) return std::nullopt;
    const auto letters = std::min(rest.find_first_of("0123456789"), rest.size());
    const auto factor = factor_of(time_units, rest.substr(0, letters));
    const auto part = factor ? multiply(*number, *factor) : std::nullopt;
    if (!part || total > largest - *part) return std::nullopt;
    total += *part;
    rest.erase(0, letters);
  } while (!rest.empty());
  return total;
}

std::optional<std::int64_t> parse_moment(const std::string& text) {
  for (const char* form :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    std::tm moment{};
    const char* rest = ::strptime(text.c_str(), form, &moment);
    if (rest == nullptr) continue;
    const bool is_utc = std::string_view(rest) == "Z";
    if (*rest != '\0' && !is_utc) continue;
    if (std::string_view(form) == "%Y-%m-%d") {
      moment.tm_mday += 1;
      moment.tm_sec = -1;
    }
    moment.tm_isdst = -1;
    return is_utc ? ::timegm(&moment) : std::mktime(&moment);
  }
  return std::nullopt;
}

namespace {

/// Seconds east of Greenwich of "Z", "+01", "+0130" or "+01:30"; nothing when it is none of these.
std::optional<std::int64_t> parse_zone(std::string_view text) {
  if (text == "Z" || text == "UTC") return 0;
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits(text.substr(1));
  std::erase(digits, ':');
  const bool are_digits = digits.find_first_not_of("0123456789") == std::string::npos;
  if (!are_digits || (digits.size() != 2 && digits.size() != 4)) return std::nullopt;
  digits.resize(4, '0');
  const std::int64_t seconds = std::stoll(digits.substr(0, 2)) * 3600 + std::stoll(digits.substr(2)) * 60;
  return text[0] == '-' ? -seconds : seconds;
}

/// The digits behind a point, as parts of `unit`; taken off `text`.
std::int64_t take_fraction(std::string_view& text, std::int64_t unit) {
  std::int64_t fraction = 0;
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    unit /= 10;
    fraction += unit * (text[0] - '0');
  }
  return fraction;
}

}  // namespace

std::optional<std::int64_t> parse_instant(const std::string& text) {
  for (const char* form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"}) {
    std::tm moment{};
    const char* end = ::strptime(text.c_str(), form, &moment);
    if (end == nullptr) continue;
    std::string_view rest(end);
    const std::int64_t fraction = take_fraction(rest, instants_per_second);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    moment.tm_isdst = -1;
    if (rest.empty()) return std::mktime(&moment) * instants_per_second + fraction;
    if (const auto zone = parse_zone(rest))
      return (::timegm(&moment) - *zone) * instants_per_second + fraction;
  }
  return std::nullopt;
}

std::optional<double> parse_percent(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string rest(end, text.data() + text.size());
  const bool is_number = error == std::errc{} && (rest.empty() || rest == "%");
  if (!is_number || !(number >= 0 && number <= 100)) return std::nullopt;
  return number;
}

std::string objection(const Option& option, const std::string& value) {
  const bool may_be_empty = *option.fallback == '\0' || option.type == Type::text ||
                            option.type == Type::path || option.type == Type::list;
  if (value.empty()) return may_be_empty ? "" : "a value is missing";
  switch (option.type) {
    case Type::flag: return parse_flag(value) ? "" : "expected true or false";
    case Type::count:
    case Type::number: return number_objection(option, value);
    case Type::size: return parse_size(value) ? "" : "expected a size such as 500MB or 2GiB";
    case Type::duration: return parse_duration(value) ? "" : "expected a time such as 60, 90s, 12h or 7d";
    case Type::moment:
      return parse_moment(value) ? "" : "expected a time such as 2026-11-20 or \"2026-11-20 03:15\"";
    case Type::percent: return parse_percent(value) ? "" : "expected a percentage from 0 to 100";
    case Type::choice:
    case Type::list: return choice_objection(option, value);
    case Type::text:
    case Type::path: break;
  }
  return "";
}

}  // namespace recover::config
