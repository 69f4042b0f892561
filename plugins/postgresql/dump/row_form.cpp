// One form for values that servers write in several ways. timestamptz is written in the session's time zone
// (EncodeDateTime in src/backend/utils/adt/datetime.c, DateStyle ISO, which pg_dump sets); servers before 12
// write floats with up to 17 (9) digits and extra_float_digits 3, later ones the shortest text that reads
// back (float8out_internal, src/common/d2s.c). A value that is not understood stays as it is.
#include "postgresql/dump/row_form.hpp"

#include "postgresql/dump/characters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>

namespace recover::postgresql::dump {

namespace {

constexpr std::int64_t seconds_of_day = 86400;

/// Days since 1970-01-01 in the proleptic Gregorian calendar, and back (H. Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms").
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct Date {
  std::int64_t year;
  std::int64_t month;
  std::int64_t day;
};

Date date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_year - (153 * shifted + 2) / 5 + 1};
}

/// Reads a timestamp from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t position() const { return position_; }
  std::optional<std::int64_t> number(std::size_t least, std::size_t most) {
    std::size_t length = 0;
    std::int64_t value = 0;
    while (length < most && position_ + length < text_.size() && is_digit(text_[position_ + length])) {
      value = value * 10 + (text_[position_ + length] - '0');
      ++length;
    }
    if (length < least) return std::nullopt;
    position_ += length;
    return value;
  }
  bool skip(std::string_view expected) {
    if (!text_.substr(position_).starts_with(expected)) return false;
    position_ += expected.size();
    return true;
  }
  std::string_view fraction() {
    const std::size_t begin = position_;
    if (skip(".")) number(1, 6);
    return text_.substr(begin, position_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

/// The offset "+ZZ[:MM[:SS]]" in seconds.
std::optional<std::int64_t> zone(Reader& reader) {
  const bool is_west = reader.skip("-");
  if (!is_west && !reader.skip("+")) return std::nullopt;
  const auto hours = reader.number(2, 2);
  if (!hours) return std::nullopt;
  std::int64_t seconds = *hours * 3600;
  for (const std::int64_t unit : {60, 1}) {
    if (!reader.skip(":")) break;
    const auto part = reader.number(2, 2);
    if (!part) return std::nullopt;
    seconds += *part * unit;
  }
  return is_west ? -seconds : seconds;
}

/// Appends the timestamp in front of `text`, at UTC, and returns the length of its text; 0: there is none.
std::size_t append_timestamp(std::string_view text, std::string& room) {
  Reader reader(text);
  const auto year = reader.number(4, 6);
  if (!year || !reader.skip("-")) return 0;
  const auto month = reader.number(2, 2);
  if (!month || !reader.skip("-")) return 0;
  const auto day = reader.number(2, 2);
  if (!day || !reader.skip(" ")) return 0;
  const auto hour = reader.number(2, 2);
  if (!hour || !reader.skip(":")) return 0;
  const auto minute = reader.number(2, 2);
  if (!minute || !reader.skip(":")) return 0;
  const auto second = reader.number(2, 2);
  if (!second) return 0;
  const std::string_view fraction = reader.fraction();
  const std::size_t before_zone = reader.position();
  const auto offset = zone(reader);
  if (!offset) return 0;
  const std::size_t behind_zone = reader.position();
  const bool before_christ = reader.skip(" BC");
  // The usual case, and it is usual in millions: the text is its own form.
  const bool is_usual = text.substr(before_zone, behind_zone - before_zone) == "+00" && text[4] == '-' &&
                        *year > 0 && *hour < 24 && *minute < 60 && *second < 60;
  if (is_usual) {
    room += text.substr(0, reader.position());
    return reader.position();
  }
  const std::int64_t days = days_of(before_christ ? 1 - *year : *year, *month, *day);
  std::int64_t seconds = days * seconds_of_day + *hour * 3600 + *minute * 60 + *second - *offset;
  const std::int64_t of_day = ((seconds % seconds_of_day) + seconds_of_day) % seconds_of_day;
  const Date date = date_of((seconds - of_day) / seconds_of_day);
  const bool is_before = date.year <= 0;
  fmt::format_to(std::back_inserter(room), "{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}+00{}",
                 is_before ? 1 - date.year : date.year, date.month, date.day, of_day / 3600, of_day / 60 % 60,
                 of_day % 60, fraction, is_before ? " BC" : "");
  return reader.position();
}

/// Appends a text with every timestamp in it at UTC.
void append_at_utc(std::string_view text, std::string& room) {
  std::size_t at = 0;
  while (at < text.size()) {
    const bool begins_number = is_digit(text[at]) && (at == 0 || !is_digit(text[at - 1]));
    const std::size_t length = begins_number ? append_timestamp(text.substr(at), room) : 0;
    if (length == 0) room.push_back(text[at]);
    at += std::max<std::size_t>(length, 1);
  }
}

template <typename Number>
std::string shortest(std::string_view text) {
  Number value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  // "NaN", "Infinity" and what does not fit stay as they are.
  const bool is_number =
      read.ec == std::errc() && read.ptr == text.data() + text.size() && std::isfinite(value);
  if (!is_number) return std::string(text);
  char buffer[64];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, written.ptr);
}

bool contains(const std::vector<std::size_t>& columns, std::size_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t length = 0;
  while (at + length < text.size() && is_digit(text[at + length])) ++length;
  return length;
}

/// Length of the number "12[.34][e[+-]56]" that begins here.
std::size_t number_length(std::string_view text, std::size_t at) {
  std::size_t end = at + digits_at(text, at);
  if (end < text.size() && text[end] == '.') end += 1 + digits_at(text, end + 1);
  if (end < text.size() && text[end] == 'e') {
    const bool has_sign = end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
    const std::size_t digits = digits_at(text, end + (has_sign ? 2 : 1));
    if (digits != 0) end += (has_sign ? 2 : 1) + digits;
  }
  return end - at;
}

/// Signs stay where they are.
template <typename Convert>
std::string with_numbers(std::string_view text, Convert convert) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_digit(text[at])) {
      result.push_back(text[at++]);
      continue;
    }
    const std::size_t length = number_length(text, at);
    result += convert(text.substr(at, length));
    at += length;
  }
  return result;
}

/// What is too large or too small for a real is none.
std::string shortest_real_or_double(std::string_view text) {
  float value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() && value != 0 ? shortest<float>(text) : shortest<double>(text);
}

/// One value in the form that its column asks for.
void append_in_form(std::string_view value, std::size_t column, const RowForm& form, std::string& room) {
  if (contains(form.timestamps, column)) {
    append_at_utc(value, room);
  } else if (contains(form.doubles, column)) {
    room += shortest_double(value);
  } else if (contains(form.reals, column)) {
    room += shortest_real(value);
  } else if (contains(form.with_doubles, column)) {
    room += with_shortest_doubles(at_utc(value));
  } else if (contains(form.with_reals, column)) {
    room += with_shortest_reals(at_utc(value));
  } else {
    room += value;
  }
}

}  // namespace

std::string at_utc(std::string_view text) {
  std::string result;
  append_at_utc(text, result);
  return result;
}

std::string shortest_double(std::string_view text) {
  return shortest<double>(text);
}
std::string shortest_real(std::string_view text) {
  return shortest<float>(text);
}

std::string with_shortest_doubles(std::string_view text) {
  return with_numbers(text, shortest_double);
}
std::string with_shortest_reals(std::string_view text) {
  return with_numbers(text, shortest_real_or_double);
}

std::string_view normal_form(std::string_view row, const RowForm& form, std::string& room) {
  room.clear();
  std::size_t column = 0;
  std::size_t begin = 0;
  for (;; ++column) {
    const std::size_t end = std::min(row.find('\t', begin), row.size());
    const std::string_view value = row.substr(begin, end - begin);
    append_in_form(value, column, form, room);
    if (end == row.size()) return room;
    room.push_back('\t');
    begin = end + 1;
  }
}

}  // namespace recover::postgresql::dump
