// Cuts a plain dump into statements, COPY data and meta commands. Completeness is never taken for granted:
// psql accepts a dump that ends within COPY data or within a statement; here that is an error that says what
// is open and where it began. Memory: one window that grows with the current statement (input_window.hpp).
//
// Format: what pg_dump and pg_dumpall write, read as psql reads it (src/bin/psql/mainloop.c, copy.c).
#include "postgresql/dump/splitter.hpp"

#include "postgresql/dump/characters.hpp"
#include "postgresql/dump/copy_rows.hpp"
#include "postgresql/dump/statement.hpp"
#include "postgresql/dump/tokens.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace recover::postgresql::dump {

namespace {

constexpr std::size_t shown_bytes = 120;  // of a statement in messages
constexpr std::size_t longest_marker = 4096;

std::string_view without_blank_end(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string beginning_of(std::string_view text) {
  std::string shown(text.substr(0, shown_bytes));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text.size() > shown_bytes ? shown + "..." : shown;
}

/// How the server reads booleans: any beginning of "false", "no" or "off" that is not ambiguous, and 0.
bool is_false(std::string_view value) {
  if (value.empty()) return false;
  std::string word(value);
  std::transform(word.begin(), word.end(), word.begin(), lower);
  const std::string_view off = "off";
  return std::string_view("false").starts_with(word) || std::string_view("no").starts_with(word) ||
         (word.size() > 1 && off.starts_with(word)) || word == "0";
}

const char* name_of(Lexer::Open open) {
  switch (open) {
    case Lexer::Open::nothing: return "nothing";
    case Lexer::Open::statement: return "a statement without its semicolon";
    case Lexer::Open::string: return "a string";
    case Lexer::Open::quoted_name: return "a quoted name";
    case Lexer::Open::dollar_quote: return "a dollar-quoted string";
    case Lexer::Open::comment: return "a comment";
    case Lexer::Open::parenthesis: return "a parenthesis";
    case Lexer::Open::body: return "the body of a function";
  }
  return "";
}

}  // namespace

Splitter::Splitter(ByteSource& input, SplitterLimits limits)
    : limits_(limits), window_(input, limits.block) {}

Result<std::optional<Piece>> Splitter::next() {
  if (!begun_) RECOVER_TRY(begin_input());
  forget_piece();
  if (!copy_.active) return next_statement();
  return std::optional<Piece>(RECOVER_TRY(copy_piece()));
}

void Splitter::forget_piece() {
  take(pending_);
  pending_ = 0;
}

Result<void> Splitter::begin_input() {
  begun_ = true;
  while (window_.text().size() < 3 && !window_.is_last()) RECOVER_TRY(window_.read());
  const std::string_view text = window_.text();
  const bool has_mark = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
  const bool has_gaps = text.size() > 1 && (text[0] == '\0') != (text[1] == '\0');
  if (has_mark || has_gaps) {
    return make_error(errors::dump_wrong_encoding, "cannot read the dump",
                      "it is UTF-16, as PowerShell writes it with \">\"");
  }
  if (text.starts_with("\xef\xbb\xbf")) window_.drop(3);
  return {};
}

Result<std::optional<Piece>> Splitter::next_statement() {
  lexer_.begin(strings_conform_);
  for (;;) {
    const bool is_last = window_.is_last();
    switch (lexer_.scan(lexed(), is_last)) {
      case Lexer::Stop::comment: RECOVER_TRY(note_comment()); break;
      case Lexer::Stop::semicolon:
        if (lexer_.has_begun()) return std::optional<Piece>(RECOVER_TRY(statement_piece()));
        lexer_.skip_semicolon();
        break;
      case Lexer::Stop::backslash: return std::optional<Piece>(RECOVER_TRY(meta_piece()));
      case Lexer::Stop::zero_byte: return zero_byte(line_at(lexer_.position()));
      case Lexer::Stop::more: {
        const std::size_t done = lexer_.needed_from();
        if (is_last && lexer_.open() == Lexer::Open::nothing) {
          take(window_.text().size());
          return std::optional<Piece>();
        }
        if (is_last) return truncated();
        if (lexer_.position() - done > limits_.statement) return too_large(line_at(done));
        lexer_.drop(done);
        take(done);
        RECOVER_TRY(window_.read());
        break;
      }
    }
  }
}

Result<void> Splitter::note_comment() {
  const std::size_t begin = lexer_.position();
  std::size_t end = line_end(window_.text(), begin);
  while (end == window_.text().size() && end - begin < longest_marker && !window_.is_last()) {
    RECOVER_TRY(window_.read());
    end = line_end(window_.text(), begin);
  }
  read_marker(window_.text().substr(begin, end - begin));
  lexer_.skip_comment(end - begin);
  return {};
}

void Splitter::read_marker(std::string_view comment) {
  comment = without_blank_end(comment);
  const auto value = [&](std::string_view prefix, std::string& to) {
    if (comment.starts_with(prefix)) to = comment.substr(prefix.size());
  };
  markers_.dumps_begun += comment == "-- PostgreSQL database dump";
  markers_.dumps_ended += comment == "-- PostgreSQL database dump complete";
  markers_.clusters_begun += comment == "-- PostgreSQL database cluster dump";
  markers_.clusters_ended += comment == "-- PostgreSQL database cluster dump complete";
  value("-- Dumped from database version ", markers_.server_version);
  value("-- Dumped by pg_dump version ", markers_.dump_version);
}

Result<Piece> Splitter::statement_piece() {
  const std::size_t start = lexer_.start();
  const std::size_t end = lexer_.position();
  const std::uint64_t line = line_at(start);
  if (end - start > limits_.statement) return too_large(line);
  const bool is_copy = equals_word(window_.text().substr(start, 4), "copy");
  // The rest of COPY's line belongs to it; fetched before the text is handed out, because reading moves it.
  if (is_copy) RECOVER_TRY(fill_line(end + 1));
  const std::string_view text = without_blank_end(window_.text().substr(start, end - start));
  if (text.find('\0') != std::string_view::npos) return zero_byte(line);
  pending_ = end + 1;
  if (is_copy) {
    RECOVER_TRY(begin_copy(text, line));
  } else {
    watch_session(text);
  }
  return Piece{PieceKind::statement, text, line, window_.offset() + start};
}

Result<void> Splitter::begin_copy(std::string_view statement, std::uint64_t line) {
  const Statement described = describe(statement);
  if (!described.reads_rows) return {};
  const std::string_view text = window_.text();
  const std::size_t end = std::min(text.find('\n', pending_), text.size());
  const std::string_view rest = without_blank_end(text.substr(pending_, end - pending_));
  const std::size_t begin = rest.find_first_not_of(" \t\r\f\v");
  if (begin != std::string_view::npos && !rest.substr(begin).starts_with("--")) {
    return make_error(errors::dump_statement_refused,
                      fmt::format("line {}: {}", line, beginning_of(statement)),
                      "another statement follows COPY on the same line")
        .with("line", static_cast<std::int64_t>(line));
  }
  pending_ = std::min(end + 1, text.size());
  copy_ = Copy{true, described.is_csv || mask_.is_needed(), beginning_of(statement), line, 0, 0};
  return {};
}

Result<Piece> Splitter::meta_piece() {
  const std::size_t begin = lexer_.position();
  const std::uint64_t line = line_at(begin);
  RECOVER_TRY(fill_line(begin));
  const std::string_view text = window_.text();
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  if (lexer_.has_begun()) {
    return make_error(errors::dump_meta_command_refused,
                      fmt::format("line {}: a meta command within a statement", line),
                      beginning_of(text.substr(lexer_.start(), end - lexer_.start())))
        .with("line", static_cast<std::int64_t>(line));
  }
  const std::string_view command = without_blank_end(text.substr(begin, end - begin));
  if (command.find('\0') != std::string_view::npos) return zero_byte(line);
  pending_ = end;
  watch_meta(command);
  return Piece{PieceKind::meta_command, command, line, window_.offset() + begin};
}

Result<void> Splitter::fill_line(std::size_t from) {
  while (window_.text().find('\n', from) == std::string_view::npos && !window_.is_last()) {
    if (window_.text().size() > limits_.statement) return too_large(line_at(from));
    RECOVER_TRY(window_.read());
  }
  return {};
}

Result<Piece> Splitter::copy_piece() {
  for (;;) {
    const std::string_view text = window_.text();
    const CopyCut cut = cut_rows(text, copy_.searched, copy_.lines_are_rows, window_.is_last());
    if (cut.rows > 0) {
      const std::string_view rows = text.substr(0, cut.rows);
      if (const std::size_t zero = rows.find('\0'); zero != std::string_view::npos)
        return zero_byte(line_at(zero));
      copy_.rows += cut.count;
      pending_lines_ = cut.lines;
      copy_.searched = 0;
      pending_ = cut.rows;
      return Piece{PieceKind::copy_rows, rows, line_, window_.offset()};
    }
    if (cut.end > 0) {
      copy_.active = false;
      pending_ = cut.end;
      return Piece{PieceKind::copy_end, text.substr(0, 0), line_, window_.offset()};
    }
    if (window_.is_last()) return truncated();
    if (text.size() > limits_.statement) return too_large(line_);
    // A newline that is there is data; the search begins at the first one again.
    if (text.find('\n', copy_.searched) == std::string_view::npos) copy_.searched = text.size();
    RECOVER_TRY(window_.read());
  }
}

Error Splitter::truncated() const {
  if (copy_.active) {
    return make_error(
               errors::dump_truncated,
               fmt::format("the dump ends within the data of line {}: {}", copy_.line, copy_.statement),
               fmt::format("no \\. after {} whole rows", copy_.rows))
        .with("line", static_cast<std::int64_t>(line_ + count_lines(window_.text())))
        .with("begun_at_line", static_cast<std::int64_t>(copy_.line))
        .with("rows", static_cast<std::int64_t>(copy_.rows));
  }
  const std::uint64_t begun = line_at(lexer_.opened_at());
  return make_error(
             errors::dump_truncated,
             fmt::format("the dump ends within {} that begins in line {}", name_of(lexer_.open()), begun),
             beginning_of(window_.text().substr(lexer_.needed_from())))
      .with("line", static_cast<std::int64_t>(line_ + count_lines(window_.text())))
      .with("begun_at_line", static_cast<std::int64_t>(begun));
}

Error Splitter::too_large(std::uint64_t line) const {
  return make_error(errors::dump_statement_too_large,
                    fmt::format("line {}: the statement or row is too large", line),
                    fmt::format("more than {} bytes", limits_.statement))
      .with("line", static_cast<std::int64_t>(line));
}

Error Splitter::zero_byte(std::uint64_t line) const {
  return make_error(errors::dump_damaged, fmt::format("line {}: a zero byte", line),
                    "no dump holds zero bytes; a hole that a crashed file system left looks like this")
      .with("line", static_cast<std::int64_t>(line));
}

void Splitter::watch_session(std::string_view statement) {
  const char first = statement.empty() ? '\0' : lower(statement[0]);
  if (first != 's' && first != 'r' && first != 'd') return;
  if (equals_word(statement, "reset all") || equals_word(statement, "discard all")) return new_session();
  const auto change = setting(statement);
  if (!change) return;
  const auto& [name, value] = *change;
  const std::string text = value == "DEFAULT" ? std::string() : value_of({TokenKind::string, value});
  if (name == "standard_conforming_strings") strings_conform_ = !is_false(text);
  if (name == "client_encoding") mask_.set_encoding(text);
}

void Splitter::watch_meta(std::string_view line) {
  const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, blank);
  if (word == "\\connect" || word == "\\c") new_session();
  if (word == "\\encoding") mask_.set_encoding(line.substr(blank));
}

void Splitter::new_session() {
  strings_conform_ = true;
  mask_.set_encoding({});
}

std::string_view Splitter::lexed() {
  if (!mask_.is_needed()) return window_.text();
  return mask_.apply(window_.text(), window_.is_last());
}

void Splitter::take(std::size_t length) {
  if (length == 0) return;
  line_ += pending_lines_ ? *pending_lines_ : count_lines(window_.text().substr(0, length));
  pending_lines_.reset();
  window_.drop(length);
  mask_.drop(length);
}

std::uint64_t Splitter::line_at(std::size_t position) const {
  return line_ + count_lines(window_.text().substr(0, position));
}

}  // namespace recover::postgresql::dump
