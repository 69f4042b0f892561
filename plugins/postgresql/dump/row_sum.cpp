// The sum of a table: XXH3-128 of every row, added modulo 2^128. Addition forgets the order, in which a
// server is free, but not repetitions, as exclusive-or would. Rows are taken as COPY writes them in the text
// format; what the session or the major decides about their text is brought to one form first (row_form.hpp).
//
// XXH3: https://github.com/Cyan4973/xxHash (format stable since 0.8).
#include "postgresql/dump/row_sum.hpp"

#include "postgresql/dump/copy_rows.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>

namespace recover::postgresql::dump {

namespace {

/// A backslash and a newline mean the same as "\\n", which is what the server writes.
std::string with_escapes(std::string_view row) {
  std::string escaped(row);
  for (std::size_t at = escaped.find('\n'); at != std::string::npos; at = escaped.find('\n', at))
    escaped[at] = 'n';
  return escaped;
}

}  // namespace

RowSum::RowSum(RowForm form) : form_(std::move(form)) {}

void RowSum::add_rows(std::string_view rows) {
  while (!rows.empty()) {
    const std::size_t newline = std::min(rows.find('\n'), rows.size());
    const bool is_escaped = !form_.lines_are_rows && is_escaped_newline(rows, newline);
    const std::size_t length = is_escaped ? row_length(rows) : std::min(newline + 1, rows.size());
    std::string_view row = rows.substr(0, length);
    rows.remove_prefix(length);
    if (row.ends_with('\n')) row.remove_suffix(1);
    // A line of a file with \r\n; a \r of the data is written as an escape.
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (is_escaped) {
      add_row(with_escapes(row));
    } else {
      add_row(row);
    }
  }
}

void RowSum::add_row(std::string_view row) {
  if (!form_.is_plain()) row = normal_form(row, form_, normal_);
  const ::XXH128_hash_t hash = ::XXH3_128bits(row.data(), row.size());
  ++rows_;
  low_ += hash.low64;
  high_ += hash.high64 + (low_ < hash.low64 ? 1 : 0);
}

void RowSum::merge(const RowSum& other) {
  rows_ += other.rows_;
  low_ += other.low_;
  high_ += other.high_ + (low_ < other.low_ ? 1 : 0);
}

std::optional<RowSum> RowSum::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.size() != colon + 33) return std::nullopt;
  RowSum sum;
  const auto number = [&](std::size_t from, std::size_t length, int base, std::uint64_t& value) {
    const char* begin = text.data() + from;
    const auto [end, problem] = std::from_chars(begin, begin + length, value, base);
    return problem == std::errc() && end == begin + length;
  };
  const bool good = number(0, colon, 10, sum.rows_) && number(colon + 1, 16, 16, sum.high_) &&
                    number(colon + 17, 16, 16, sum.low_);
  return good ? std::optional(sum) : std::nullopt;
}

std::string RowSum::text() const {
  return fmt::format("{}:{:016x}{:016x}", rows_, high_, low_);
}

}  // namespace recover::postgresql::dump
