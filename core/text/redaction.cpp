// Logs and reports are mailed, pasted and kept; a password in them is known to everybody. Settings of a dead
// server (primary_conninfo), error texts of client libraries and command lines all may carry one. The words
// are those of PostgreSQL (libpq conninfo), MySQL, Redis and the usual web services; a name that ends in
// _file holds a path, not a secret. Better a word too much hidden than one too few, but never the text that
// says what went wrong: a colon with a blank behind it ("wrong password: FATAL") is a sentence.
#include "core/text/redaction.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace recover::text {

namespace {

constexpr std::string_view mask = "***";

constexpr std::array<std::string_view, 15> secret_words{
    "password",    "passwd",     "passphrase",    "pgpassword", "requirepass", "masterauth",
    "sslpassword", "secret_key", "secret",        "api_key",    "apikey",      "secret_access_key",
    "auth_token",  "pwd",        "identified by",
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}
bool is_quote(char c) {
  return c == '\'' || c == '"';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
bool ends_value(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0 || c == ',' || c == ';' || c == '&' || c == ')' ||
         c == '}' || c == ']' || is_quote(c) || c == '\\';
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  });
}

/// Length of the secret word that stands at `at`, or 0. It may be the end of a longer name
/// (replication_password), but not its beginning (password_file, password_encryption).
std::size_t secret_word_at(std::string_view text, std::size_t at) {
  for (const std::string_view word : secret_words) {
    if (!equals_ignoring_case(text.substr(at, word.size()), word)) continue;
    if (at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0) continue;
    const std::size_t end = at + word.size();
    if (end == text.size() || !is_word(text[end])) return word.size();
  }
  return 0;
}

/// Where the value behind a secret word begins; npos when none does.
std::size_t value_begin(std::string_view text, std::size_t after_word) {
  std::size_t at = after_word;
  const bool is_quoted_name = at < text.size() && is_quote(text[at]);
  if (is_quoted_name) ++at;
  const std::size_t before_blanks = at;
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at == text.size()) return std::string_view::npos;
  const bool is_assignment = text[at] == '=' || (text[at] == ':' && at + 1 < text.size() &&
                                                 (is_quoted_name || !is_blank(text[at + 1])));
  if (is_assignment) {
    ++at;
    while (at < text.size() && is_blank(text[at])) ++at;
    return at;
  }
  // ALTER ROLE x PASSWORD 'y', IDENTIFIED BY 'y', requirepass y
  const bool is_sql = at > before_blanks && text[at] == '\'';
  return is_sql ? at : std::string_view::npos;
}

std::size_t value_end(std::string_view text, std::size_t begin) {
  std::size_t quotes = 0;
  while (begin + quotes < text.size() && text[begin + quotes] == text[begin] && is_quote(text[begin]))
    ++quotes;
  std::size_t end = begin + quotes;
  if (quotes % 2 == 1 || quotes == 2) {
    const std::string_view closing = text.substr(begin, quotes);
    // Quotes with more of the value behind them are doubled ones inside it.
    std::size_t found = text.find(closing, end);
    while (found != std::string_view::npos && found + quotes < text.size() && is_word(text[found + quotes]))
      found = text.find(closing, found + quotes);
    if (found != std::string_view::npos) end = found + quotes;
  }
  while (end < text.size() && !ends_value(text[end])) ++end;
  return end;
}

/// The password between "://user:" and "@", as begin and end; both npos when there is none.
std::pair<std::size_t, std::size_t> password_of_url(std::string_view text, std::size_t colon) {
  constexpr auto none = std::pair(std::string_view::npos, std::string_view::npos);
  const std::size_t begin = colon + 3;
  const std::size_t end = std::min(text.find_first_of("/?# \t\n'\"<>", begin), text.size());
  const std::string_view authority = text.substr(begin, end - begin);
  const auto at = authority.rfind('@');
  const auto separator = authority.find(':');
  if (at == std::string_view::npos || separator == std::string_view::npos || separator > at) return none;
  return {begin + separator + 1, begin + at};
}

}  // namespace

std::string redacted(std::string_view text) {
  std::string shown;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.substr(at, 3) == "://") {
      const auto [begin, end] = password_of_url(text, at);
      if (begin != std::string_view::npos) {
        shown.append(text.substr(at, begin - at)).append(mask);
        at = end;
        continue;
      }
    }
    const std::size_t word = secret_word_at(text, at);
    const std::size_t begin = word == 0 ? std::string_view::npos : value_begin(text, at + word);
    const std::size_t end = begin == std::string_view::npos ? begin : value_end(text, begin);
    if (begin == std::string_view::npos || end == begin) {
      shown += text[at++];
      continue;
    }
    shown.append(text.substr(at, begin - at)).append(mask);
    at = end;
  }
  return shown;
}

bool names_secret(std::string_view name) {
  for (std::size_t at = 0; at < name.size(); ++at) {
    const std::size_t word = secret_word_at(name, at);
    if (word != 0 && at + word == name.size()) return true;
  }
  return false;
}

}  // namespace recover::text
