/// The tokens of one statement, for those who want to know what it does. Not a parser: names, strings,
/// numbers and single symbols; comments are skipped.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace recover::postgresql::dump {

enum class TokenKind { end, word, quoted_name, string, number, symbol };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  ///< as written, quotes and prefixes included; a symbol is one character

  [[nodiscard]] bool is(std::string_view keyword) const;
  [[nodiscard]] bool is_symbol(char symbol) const { return kind == TokenKind::symbol && text[0] == symbol; }
  [[nodiscard]] bool is_name() const { return kind == TokenKind::word || kind == TokenKind::quoted_name; }
};

class Tokens {
 public:
  explicit Tokens(std::string_view text, bool strings_conform = true);

  [[nodiscard]] const Token& current() const { return current_; }
  /// The whole statement.
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool is_end() const { return current_.kind == TokenKind::end; }
  /// Where the current token begins in the text.
  [[nodiscard]] std::size_t position() const {
    return static_cast<std::size_t>(current_.text.data() - text_.data());
  }
  void advance();
  /// Takes the current token when it is this key word (symbol).
  bool take(std::string_view keyword);
  bool take_symbol(char symbol);
  /// Takes these key words when they come next in this order; else nothing.
  bool take_all(std::initializer_list<std::string_view> keywords);
  /// Is this key word (symbol) next?
  [[nodiscard]] bool at(std::string_view keyword) const { return current_.is(keyword); }
  [[nodiscard]] bool at_symbol(char symbol) const { return current_.is_symbol(symbol); }
  /// Skips "( ... )" when it comes next.
  void skip_parentheses();
  /// Goes to the next of this key word outside parentheses; false (and at the end) when there is none.
  bool find(std::string_view keyword);
  /// Takes a name with its dots in canonical form (see canonical_name); empty when there is none.
  std::string take_qualified_name();
  /// Takes one name, unquoted; empty when there is none.
  std::string take_name();

 private:
  void skip_blanks();
  std::size_t token_length(TokenKind& kind) const;

  std::string_view text_;
  bool strings_conform_;
  std::size_t position_ = 0;
  Token current_;
};

/// What a name token means: folded to lower case, or without its quotes and escapes.
std::string name_of(const Token& token);
/// The value of a string token ('...', E'...', U&'...', $$...$$).
std::string value_of(const Token& token, bool strings_conform = true);
/// A name as the server's quote_identifier writes it: quoted where needed.
std::string quoted_where_needed(const std::string& name);
/// 'text' as an SQL literal, whatever standard_conforming_strings is.
std::string literal(const std::string& text);

}  // namespace recover::postgresql::dump
