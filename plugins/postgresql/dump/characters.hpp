/// The characters of SQL as PostgreSQL's lexers see them (src/backend/parser/scan.l): bytes, any byte above
/// 0x7F being a letter.
#pragma once

#include <cstddef>
#include <string_view>

namespace recover::postgresql::dump {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
/// Within a word; the tag of a dollar quote is the same without '$'.
constexpr bool continues_word(char c) {
  return begins_word(c) || is_digit(c) || c == '$';
}
/// ASCII only, as the server folds key words.
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
/// Is `word` this key word (given in lower case)?
constexpr bool equals_word(std::string_view word, std::string_view keyword) {
  if (word.size() != keyword.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(word[i]) != keyword[i]) return false;
  }
  return true;
}
/// The first '\n' or '\r' from `from` on, or the end: where a "--" comment ends.
constexpr std::size_t line_end(std::string_view text, std::size_t from) {
  const std::size_t newline = text.substr(from).find('\n');
  const std::string_view line = text.substr(from, newline);
  const std::size_t length = line.find('\r');
  return from + (length == std::string_view::npos ? line.size() : length);
}

}  // namespace recover::postgresql::dump
