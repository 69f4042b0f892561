// Finds the end of a statement by the rules of psql's lexer (src/fe_utils/psqlscan.l), which are the
// server's (src/backend/parser/scan.l) plus three of its own: a ';' counts only outside parentheses and
// outside the BEGIN ATOMIC ... END body of a function, and a backslash outside quotes begins a meta command.
//
// Where psql differs from the server, the server's view is taken, because the server reads what is sent:
// - psql counts every BEGIN of a CREATE FUNCTION, here only BEGIN ATOMIC counts: a function may be *named*
//   begin, which is not a reserved word. (psql 15.20 cannot load the dump of one: it waits for END, and runs
//   into the next COPY data.)
// - 'a'<newline>'b' is one string of the kind of its first part; psql, which lexes line by line, takes the
//   second part for a string of its own.
//
// Every byte is looked at once: all states survive the end of the text at hand, and a decision that needs
// a byte that is not there yet leaves the position where it is.
#include "postgresql/dump/lexer.hpp"

#include "postgresql/dump/characters.hpp"

#include <algorithm>
#include <cstring>

namespace recover::postgresql::dump {

namespace {

enum class Class : unsigned char { plain, blank, word, special };

constexpr std::array<Class, 256> make_classes() {
  std::array<Class, 256> classes{};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (is_blank(static_cast<char>(c))) classes[c] = Class::blank;
    if (begins_word(static_cast<char>(c))) classes[c] = Class::word;
  }
  for (const char c : {'\'', '"', '$', '-', '/', '(', ')', ';', '\\', '\0'}) {
    classes[static_cast<unsigned char>(c)] = Class::special;
  }
  return classes;
}
constexpr std::array<Class, 256> classes = make_classes();

std::size_t find(std::string_view text, char wanted, std::size_t from) {
  return std::min(text.find(wanted, from), text.size());
}

/// 'c', 'o', 'r', 'f', 'p' for the words that may introduce a routine, else 0.
char initial(std::string_view word) {
  for (const std::string_view known : {"create", "or", "replace", "function", "procedure"}) {
    if (equals_word(word, known)) return known[0];
  }
  return '\0';
}

}  // namespace

void Lexer::begin(bool strings_conform) {
  state_ = State::ground;
  string_ = strings_conform ? State::plain_string : State::escape_string;
  may_continue_ = has_begun_ = is_routine_ = begin_seen_ = false;
  position_ = start_ = opened_at_ = 0;
  parentheses_ = comments_ = words_ = body_ = 0;
  leading_ = {};
}

void Lexer::drop(std::size_t length) {
  position_ -= length;
  for (std::size_t* place : {&start_, &opened_at_, &first_parenthesis_, &body_at_}) {
    *place -= std::min(*place, length);
  }
}

std::size_t Lexer::needed_from() const {
  if (has_begun_) return start_;
  return state_ == State::block_comment ? opened_at_ : position_;
}

Lexer::Stop Lexer::scan(std::string_view text, bool is_last) {
  Stop stop = Stop::more;
  while (position_ < text.size()) {
    const bool goes_on = state_ == State::ground ? ground(text, is_last, stop) : inside(text, is_last);
    if (!goes_on) break;
  }
  return stop;
}

bool Lexer::inside(std::string_view text, bool is_last) {
  switch (state_) {
    case State::ground: return true;
    case State::word: return word(text, is_last);
    case State::plain_string: return end_quotes(text, is_last, '\'');
    case State::quoted_name: return end_quotes(text, is_last, '"');
    case State::escape_string: return escape_string(text, is_last);
    case State::dollar_tag: return dollar_tag(text);
    case State::dollar_quote: return dollar_quote(text, is_last);
    case State::block_comment: return block_comment(text, is_last);
    case State::line_comment: return line_comment(text);
  }
  return true;
}

bool Lexer::ground(std::string_view text, bool is_last, Stop& stop) {
  for (; position_ < text.size(); ++position_) {
    const char c = text[position_];
    switch (classes[static_cast<unsigned char>(c)]) {
      case Class::blank: newline_seen_ = newline_seen_ || c == '\n' || c == '\r'; continue;
      case Class::plain:
        begin_statement();
        may_continue_ = false;
        continue;
      case Class::word:
        begin_statement();
        may_continue_ = false;
        return begin_word(text, is_last);
      case Class::special: return special(text, is_last, stop);
    }
  }
  return true;
}

bool Lexer::special(std::string_view text, bool is_last, Stop& stop) {
  const char c = text[position_];
  const bool has_next = position_ + 1 < text.size();
  const char next = has_next ? text[position_ + 1] : '\0';
  if ((c == '-' || c == '/') && !has_next && !is_last) return false;
  if (c == '-' && next == '-') {
    if (!has_begun_) return stop = Stop::comment, false;
    return enter(State::line_comment, 2);
  }
  if (c == '\'' && may_continue_ && newline_seen_) return enter(continued_, 1);
  may_continue_ = false;
  if (c == '/' && next == '*') {
    comments_ = 1;
    return enter(State::block_comment, 2);
  }
  if (c == '\0') return stop = Stop::zero_byte, false;
  if (c == '\\') return stop = Stop::backslash, false;
  if (c == ';' && parentheses_ == 0 && body_ == 0) return stop = Stop::semicolon, false;
  begin_statement();
  switch (c) {
    case '\'': return enter(string_, 1);
    case '"': return enter(State::quoted_name, 1);
    case '$': tag_ = c; return enter(State::dollar_tag, 1);
    case '(':
      if (parentheses_++ == 0) first_parenthesis_ = position_;
      break;
    case ')': parentheses_ -= parentheses_ > 0 ? 1 : 0; break;
    default: break;
  }
  ++position_;
  return true;
}

void Lexer::begin_statement() {
  if (has_begun_) return;
  has_begun_ = true;
  start_ = position_;
}

bool Lexer::enter(State state, std::size_t length) {
  state_ = state;
  opened_at_ = position_;
  position_ += length;
  return true;
}

bool Lexer::begin_word(std::string_view text, bool is_last) {
  const std::string_view rest = text.substr(position_);
  const char first = lower(rest[0]);
  // E'...', B'...', X'...', N'...', U&'...', U&"..."
  if (first == 'e' || first == 'b' || first == 'x' || first == 'n' || first == 'u') {
    const std::size_t needed = first == 'u' ? 3 : 2;
    if (rest.size() < needed && !is_last) return false;
    if (first == 'u' && rest.substr(1, 2) == "&'") return enter(State::plain_string, 3);
    if (first == 'u' && rest.substr(1, 2) == "&\"") return enter(State::quoted_name, 3);
    if (first != 'u' && rest.substr(1, 1) == "'") {
      return enter(first == 'e' ? State::escape_string : first == 'n' ? string_ : State::plain_string, 2);
    }
  }
  return word(text, is_last);
}

bool Lexer::word(std::string_view text, bool is_last) {
  std::size_t end = position_;
  while (end < text.size() && continues_word(text[end])) ++end;
  const std::string_view part = text.substr(position_, end - position_);
  const bool is_cut = end == text.size() && !is_last;
  position_ = end;
  if (state_ == State::ground && !is_cut) {
    track_word(part);
    return true;
  }
  if (state_ == State::ground) word_length_ = 0;
  for (std::size_t i = 0; i < part.size() && word_length_ < word_.size(); ++i)
    word_[word_length_++] = part[i];
  state_ = is_cut ? State::word : State::ground;
  if (!is_cut) track_word({word_.data(), word_length_});
  return true;
}

void Lexer::track_word(std::string_view word) {
  if (words_ < leading_.size()) {
    leading_[words_] = initial(word);
    const std::string_view leading(leading_.data(), words_ + 1);
    is_routine_ = is_routine_ || leading == "cf" || leading == "cp" || leading == "corf" || leading == "corp";
    ++words_;
  }
  if (!is_routine_ || parentheses_ > 0) return;
  if (body_ == 0) {
    if (begin_seen_ && equals_word(word, "atomic")) {
      body_ = 1;
      body_at_ = position_ - word.size();
    }
    begin_seen_ = equals_word(word, "begin");
  } else if (equals_word(word, "case")) {
    ++body_;
  } else if (equals_word(word, "end")) {
    --body_;
  }
}

bool Lexer::end_quotes(std::string_view text, bool is_last, char quote) {
  position_ = find(text, quote, position_);
  return position_ == text.size() || close_quotes(text, is_last, quote);
}

bool Lexer::close_quotes(std::string_view text, bool is_last, char quote) {
  if (position_ + 1 == text.size() && !is_last) return false;
  if (position_ + 1 < text.size() && text[position_ + 1] == quote) {
    position_ += 2;
    return true;
  }
  ++position_;
  continued_ = state_;
  // A string of the usual kind needs no care: what follows is read in the same way.
  may_continue_ = quote == '\'' && state_ != string_;
  newline_seen_ = false;
  state_ = State::ground;
  return true;
}

bool Lexer::escape_string(std::string_view text, bool is_last) {
  while (position_ < text.size() && text[position_] != '\'' && text[position_] != '\\') ++position_;
  if (position_ == text.size()) return true;
  if (text[position_] == '\'') return close_quotes(text, is_last, '\'');
  if (position_ + 1 == text.size() && !is_last) return false;
  position_ = std::min(position_ + 2, text.size());
  return true;
}

bool Lexer::dollar_tag(std::string_view text) {
  for (; position_ < text.size(); ++position_) {
    const char c = text[position_];
    if (c == '$') {
      tag_.push_back(c);
      state_ = State::dollar_quote;
      ++position_;
      return true;
    }
    if (!(tag_.size() == 1 ? begins_word(c) : continues_word(c))) {
      position_ = opened_at_ + 1;  // a dollar sign of its own, like that of $1
      state_ = State::ground;
      return true;
    }
    tag_.push_back(c);
  }
  return true;
}

bool Lexer::dollar_quote(std::string_view text, bool is_last) {
  position_ = find(text, '$', position_);
  if (position_ == text.size()) return true;
  if (text.size() - position_ < tag_.size() && !is_last) return false;
  if (text.substr(position_, tag_.size()) == tag_) {
    position_ += tag_.size();
    state_ = State::ground;
  } else {
    ++position_;
  }
  return true;
}

bool Lexer::block_comment(std::string_view text, bool is_last) {
  while (position_ < text.size() && text[position_] != '*' && text[position_] != '/') ++position_;
  if (position_ == text.size()) return true;
  if (position_ + 1 == text.size() && !is_last) return false;
  const std::string_view two = text.substr(position_, 2);
  position_ += two == "/*" || two == "*/" ? 2 : 1;
  if (two == "/*") ++comments_;
  if (two == "*/" && --comments_ == 0) state_ = State::ground;
  return true;
}

bool Lexer::line_comment(std::string_view text) {
  position_ = line_end(text, position_);
  if (position_ < text.size()) state_ = State::ground;
  return true;
}

Lexer::Open Lexer::open() const {
  switch (state_) {
    case State::plain_string:
    case State::escape_string: return Open::string;
    case State::quoted_name: return Open::quoted_name;
    case State::dollar_quote: return Open::dollar_quote;
    case State::block_comment: return Open::comment;
    default: break;
  }
  if (!has_begun_) return Open::nothing;
  if (parentheses_ > 0) return Open::parenthesis;
  return body_ > 0 ? Open::body : Open::statement;
}

std::size_t Lexer::opened_at() const {
  switch (open()) {
    case Open::nothing:
    case Open::statement: return start_;
    case Open::parenthesis: return first_parenthesis_;
    case Open::body: return body_at_;
    default: return opened_at_;
  }
}

}  // namespace recover::postgresql::dump
