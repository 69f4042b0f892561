// Tokens of one statement. The rules of quotes are those of lexer.cpp; here the whole text is at hand, so
// they are short. A string that continues on the next line is two tokens, which changes nothing for those
// who ask here.
#include "postgresql/dump/tokens.hpp"

#include "postgresql/dump/characters.hpp"
#include "postgresql/dump/keywords.hpp"

#include <algorithm>
#include <charconv>

namespace recover::postgresql::dump {

namespace {

constexpr std::size_t none = std::string_view::npos;

/// The length of a quoted text whose opening quote is at `begin`.
std::size_t quoted_length(std::string_view text, std::size_t begin, bool has_escapes) {
  const char quote = text[begin];
  std::size_t at = begin + 1;
  while (at < text.size()) {
    if (!has_escapes) at = std::min(text.find(quote, at), text.size());
    if (at >= text.size()) break;
    if (has_escapes && text[at] == '\\') {
      at += 2;
    } else if (text[at] != quote) {
      ++at;
    } else if (at + 1 < text.size() && text[at + 1] == quote) {
      at += 2;
    } else {
      return at + 1;
    }
  }
  return text.size();
}

/// The length of a dollar-quoted string in front of the text; 0 when there is none.
std::size_t dollar_quote_length(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && text[end] != '$' &&
         (end == 1 ? begins_word(text[end]) : continues_word(text[end]))) {
    ++end;
  }
  if (end >= text.size() || text[end] != '$') return 0;
  const std::string_view tag = text.substr(0, end + 1);
  const std::size_t close = text.find(tag, tag.size());
  return close == none ? text.size() : close + tag.size();
}

std::size_t comment_length(std::string_view text) {
  if (text.starts_with("--")) return line_end(text, 0);
  if (!text.starts_with("/*")) return 0;
  std::size_t depth = 1;
  std::size_t at = 2;
  while (at < text.size() && depth > 0) {
    const std::string_view two = text.substr(at, 2);
    depth += two == "/*" ? 1 : 0;
    depth -= two == "*/" ? 1 : 0;
    at += two == "/*" || two == "*/" ? 2 : 1;
  }
  return std::min(at, text.size());
}

void append_utf8(std::string& text, std::uint32_t code) {
  if (code < 0x80) {
    text.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    text.push_back(static_cast<char>(0xc0 | (code >> 6)));
    text.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    text.push_back(static_cast<char>(0xe0 | (code >> 12)));
    text.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    text.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    text.push_back(static_cast<char>(0xf0 | (code >> 18)));
    text.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3f)));
    text.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    text.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

/// Decodes digits of `base` at the front of `text`, at most `most`, and removes them.
std::uint32_t take_number(std::string_view& text, int base, std::size_t most) {
  std::uint32_t number = 0;
  const char* begin = text.data();
  const auto result = std::from_chars(begin, begin + std::min(most, text.size()), number, base);
  text.remove_prefix(static_cast<std::size_t>(result.ptr - begin));
  return number;
}

/// U&"d\0061t\+000061": four or six hexadecimal digits behind the backslash.
std::string decode_unicode(std::string_view text) {
  std::string decoded;
  std::uint32_t high = 0;
  while (!text.empty()) {
    if (text[0] != '\\' || text.size() < 2 || text[1] == '\\') {
      decoded.push_back(text[0]);
      text.remove_prefix(text.starts_with("\\\\") ? 2 : 1);
      continue;
    }
    const bool is_long = text[1] == '+';
    text.remove_prefix(is_long ? 2 : 1);
    const std::size_t before = text.size();
    const std::uint32_t code = take_number(text, 16, is_long ? 6 : 4);
    if (text.size() == before) break;  // no digits: the server refuses this
    if (code >= 0xd800 && code < 0xdc00) {
      high = code;
    } else if (code >= 0xdc00 && code < 0xe000) {
      append_utf8(decoded, 0x10000 + ((high & 0x3ff) << 10) + (code & 0x3ff));
    } else {
      append_utf8(decoded, code);
    }
  }
  return decoded;
}

std::string decode_escapes(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c != '\\' || text.empty()) {
      decoded.push_back(c);
      continue;
    }
    const char escaped = text[0];
    if (escaped >= '0' && escaped <= '7') {
      decoded.push_back(static_cast<char>(take_number(text, 8, 3)));
      continue;
    }
    text.remove_prefix(1);
    switch (escaped) {
      case 'b': decoded.push_back('\b'); break;
      case 'f': decoded.push_back('\f'); break;
      case 'n': decoded.push_back('\n'); break;
      case 'r': decoded.push_back('\r'); break;
      case 't': decoded.push_back('\t'); break;
      case 'x': decoded.push_back(static_cast<char>(take_number(text, 16, 2))); break;
      case 'u': append_utf8(decoded, take_number(text, 16, 4)); break;
      case 'U': append_utf8(decoded, take_number(text, 16, 8)); break;
      default: decoded.push_back(escaped);
    }
  }
  return decoded;
}

/// Without the quotes at both ends, doubled quotes made one.
std::string unquoted(std::string_view text) {
  const char quote = text[0];
  text.remove_prefix(1);
  if (!text.empty() && text.back() == quote) text.remove_suffix(1);
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    name.push_back(text[i]);
    if (text[i] == quote && i + 1 < text.size() && text[i + 1] == quote) ++i;
  }
  return name;
}

}  // namespace

bool Token::is(std::string_view keyword) const {
  return kind == TokenKind::word && equals_word(text, keyword);
}

Tokens::Tokens(std::string_view text, bool strings_conform) : text_(text), strings_conform_(strings_conform) {
  advance();
}

void Tokens::advance() {
  skip_blanks();
  if (position_ >= text_.size()) {
    current_ = {TokenKind::end, text_.substr(text_.size())};
    return;
  }
  TokenKind kind = TokenKind::symbol;
  const std::size_t length = token_length(kind);
  current_ = {kind, text_.substr(position_, length)};
  position_ += length;
}

void Tokens::skip_blanks() {
  for (;;) {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
    const std::size_t length = comment_length(text_.substr(position_));
    if (length == 0) return;
    position_ += length;
  }
}

std::size_t Tokens::token_length(TokenKind& kind) const {
  const std::string_view rest = text_.substr(position_);
  const char first = lower(rest[0]);
  const std::string_view behind = rest.substr(1);
  const auto quoted = [&](TokenKind as, std::size_t begin, bool has_escapes) {
    kind = as;
    return quoted_length(rest, begin, has_escapes);
  };
  if (first == '\'') return quoted(TokenKind::string, 0, !strings_conform_);
  if (first == '"') return quoted(TokenKind::quoted_name, 0, false);
  if (first == 'u' && behind.starts_with("&'")) return quoted(TokenKind::string, 2, false);
  if (first == 'u' && behind.starts_with("&\"")) return quoted(TokenKind::quoted_name, 2, false);
  if (behind.starts_with("'")) {
    if (first == 'e') return quoted(TokenKind::string, 1, true);
    if (first == 'b' || first == 'x') return quoted(TokenKind::string, 1, false);
    if (first == 'n') return quoted(TokenKind::string, 1, !strings_conform_);
  }
  if (begins_word(first)) {
    kind = TokenKind::word;
    std::size_t length = 1;
    while (length < rest.size() && continues_word(rest[length])) ++length;
    return length;
  }
  if (is_digit(first)) {
    kind = TokenKind::number;
    std::size_t length = 1;
    while (length < rest.size() && (is_digit(rest[length]) || rest[length] == '.')) ++length;
    return length;
  }
  if (first == '$') {
    if (const std::size_t length = dollar_quote_length(rest); length > 0) {
      kind = TokenKind::string;
      return length;
    }
  }
  return 1;
}

bool Tokens::take(std::string_view keyword) {
  if (!at(keyword)) return false;
  advance();
  return true;
}

bool Tokens::take_symbol(char symbol) {
  if (!at_symbol(symbol)) return false;
  advance();
  return true;
}

bool Tokens::take_all(std::initializer_list<std::string_view> keywords) {
  if (!at(*keywords.begin())) return false;
  const Tokens before = *this;
  for (const std::string_view keyword : keywords) {
    if (take(keyword)) continue;
    *this = before;
    return false;
  }
  return true;
}

void Tokens::skip_parentheses() {
  if (!at_symbol('(')) return;
  std::size_t depth = 0;
  do {
    if (at_symbol('(')) ++depth;
    if (at_symbol(')')) --depth;
    advance();
  } while (depth > 0 && !is_end());
}

bool Tokens::find(std::string_view keyword) {
  while (!is_end() && !at(keyword)) {
    if (at_symbol('(')) {
      skip_parentheses();
    } else {
      advance();
    }
  }
  return !is_end();
}

std::string Tokens::take_name() {
  if (!current_.is_name()) return {};
  std::string name = name_of(current_);
  advance();
  return name;
}

std::string Tokens::take_qualified_name() {
  if (!current_.is_name()) return {};
  std::string name = quoted_where_needed(take_name());
  while (at_symbol('.')) {
    advance();
    name += "." + quoted_where_needed(take_name());
  }
  return name;
}

std::string name_of(const Token& token) {
  if (token.kind == TokenKind::quoted_name) {
    if (token.text[0] == '"') return unquoted(token.text);
    return decode_unicode(unquoted(token.text.substr(2)));
  }
  std::string name(token.text);
  std::transform(name.begin(), name.end(), name.begin(), lower);
  return name;
}

std::string value_of(const Token& token, bool strings_conform) {
  const std::string_view text = token.text;
  if (token.kind != TokenKind::string) return std::string(text);
  if (text[0] == '$') {
    const std::size_t tag = text.find('$', 1) + 1;
    return text.size() < 2 * tag ? std::string() : std::string(text.substr(tag, text.size() - 2 * tag));
  }
  const char prefix = lower(text[0]);
  if (prefix == 'u') return decode_unicode(unquoted(text.substr(2)));
  const bool has_escapes = prefix == 'e' || ((prefix == '\'' || prefix == 'n') && !strings_conform);
  const std::string inner = unquoted(prefix == '\'' ? text : text.substr(1));
  return has_escapes ? decode_escapes(inner) : inner;
}

std::string quoted_where_needed(const std::string& name) {
  const bool is_plain = !name.empty() && (name[0] == '_' || (name[0] >= 'a' && name[0] <= 'z')) &&
                        std::all_of(name.begin(), name.end(),
                                    [](char c) { return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z'); });
  if (is_plain && !is_keyword(name)) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    quoted.push_back(c);
    if (c == '"') quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string literal(const std::string& text) {
  const bool has_backslash = text.find('\\') != std::string::npos;
  std::string quoted = has_backslash ? "E'" : "'";
  for (const char c : text) {
    quoted.push_back(c);
    if (c == '\'' || c == '\\') quoted.push_back(c);
  }
  return quoted + "'";
}

}  // namespace recover::postgresql::dump
