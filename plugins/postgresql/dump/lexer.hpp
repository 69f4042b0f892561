/// Where a statement ends. Pure text, resumable: when the text at hand is used up, the lexer goes on where
/// it was with more of it.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace recover::postgresql::dump {

class Lexer {
 public:
  enum class Stop {
    more,       ///< all was read, the statement goes on
    comment,    ///< a "--" comment between statements begins at position()
    semicolon,  ///< the statement's end is at position()
    backslash,  ///< a meta command begins at position()
    zero_byte,  ///< at position()
  };
  /// What is open where the text ends.
  enum class Open { nothing, statement, string, quoted_name, dollar_quote, comment, parenthesis, body };

  /// A new statement begins at position 0. `strings_conform` is standard_conforming_strings.
  void begin(bool strings_conform);
  /// Goes on in `text`, which must begin with the same bytes as the last time. `is_last`: no more follows.
  Stop scan(std::string_view text, bool is_last);
  /// What lies before is done with: blanks and comments in front of the statement.
  [[nodiscard]] std::size_t needed_from() const;
  /// `length` bytes in front of the text were dropped, at most needed_from().
  void drop(std::size_t length);

  [[nodiscard]] std::size_t position() const { return position_; }
  /// Was anything seen but blanks and comments?
  [[nodiscard]] bool has_begun() const { return has_begun_; }
  /// Where the statement begins, after leading blanks and comments.
  [[nodiscard]] std::size_t start() const { return start_; }
  [[nodiscard]] Open open() const;
  /// Where that which is open begins.
  [[nodiscard]] std::size_t opened_at() const;
  /// Goes on behind the `length` bytes of the comment that stopped scan().
  void skip_comment(std::size_t length) { enter(State::line_comment, length); }
  /// Goes on behind the semicolon of an empty statement.
  void skip_semicolon() { ++position_; }

 private:
  enum class State {
    ground,
    word,
    plain_string,   ///< only '' is special
    escape_string,  ///< backslashes, too
    quoted_name,
    dollar_tag,
    dollar_quote,
    block_comment,
    line_comment,
  };

  bool ground(std::string_view text, bool is_last, Stop& stop);
  bool special(std::string_view text, bool is_last, Stop& stop);
  bool inside(std::string_view text, bool is_last);
  bool word(std::string_view text, bool is_last);
  bool begin_word(std::string_view text, bool is_last);
  bool end_quotes(std::string_view text, bool is_last, char quote);
  bool close_quotes(std::string_view text, bool is_last, char quote);
  bool escape_string(std::string_view text, bool is_last);
  bool dollar_tag(std::string_view text);
  bool dollar_quote(std::string_view text, bool is_last);
  bool block_comment(std::string_view text, bool is_last);
  bool line_comment(std::string_view text);
  void begin_statement();
  bool enter(State state, std::size_t length);
  void track_word(std::string_view word);

  State state_ = State::ground;
  State string_ = State::plain_string;     ///< what '...' is
  State continued_ = State::plain_string;  ///< kind of the string that ended last
  bool may_continue_ = false;              ///< only blanks since that string
  bool newline_seen_ = false;              ///< among them a newline
  bool has_begun_ = false;
  std::size_t position_ = 0;
  std::size_t start_ = 0;
  std::size_t opened_at_ = 0;
  std::string tag_;              ///< of a dollar quote, with both dollars
  std::array<char, 16> word_{};  ///< the beginning of a word that the text cuts
  std::size_t word_length_ = 0;
  std::size_t parentheses_ = 0;
  std::size_t first_parenthesis_ = 0;
  std::size_t comments_ = 0;  ///< depth of nested /* */
  // Is this CREATE [OR REPLACE] FUNCTION|PROCEDURE, and how deep are we in its BEGIN ATOMIC ... END?
  std::array<char, 4> leading_{};
  std::size_t words_ = 0;
  bool is_routine_ = false;
  bool begin_seen_ = false;
  std::size_t body_ = 0;
  std::size_t body_at_ = 0;
};

}  // namespace recover::postgresql::dump
