/// Cuts a plain dump into what is sent to a server: statements, COPY data, and psql's meta commands. The
/// dump is a stream: memory grows only with the current statement or row, and every byte is looked at once.
#pragma once

#include "postgresql/dump/encoding_mask.hpp"
#include "postgresql/dump/input_window.hpp"
#include "postgresql/dump/lexer.hpp"
#include "recover/byte_source.hpp"
#include "recover/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::postgresql::dump {

enum class PieceKind { statement, copy_rows, copy_end, meta_command };

struct Piece {
  PieceKind kind = PieceKind::statement;
  /// Valid until the next call. A statement is without leading comments and without its ';'; rows are
  /// whole and end with '\n'; a meta command is the whole line from its backslash on; an end is empty.
  std::string_view text;
  std::uint64_t line = 0;    ///< where the text begins, from 1
  std::uint64_t offset = 0;  ///< the same in decoded bytes
};

/// What the comments of pg_dump and pg_dumpall say, as far as it was read.
struct Markers {
  int dumps_begun = 0;
  int dumps_ended = 0;
  int clusters_begun = 0;
  int clusters_ended = 0;
  std::string server_version;  ///< "17.11 (Debian 17.11-0+deb13u1)"; the last one that was read
  std::string dump_version;
};

struct SplitterLimits {
  /// The server refuses longer messages (MaxAllocSize, src/include/utils/memutils.h).
  std::size_t statement = 0x3ffffffe;
  /// Bytes read at once, and about the size of a piece of rows.
  std::size_t block = std::size_t{256} << 10;
};

/// The rules are those of psql's lexer (src/fe_utils/psqlscan.l). Two differences, both on the side of the
/// server's own lexer: BEGIN counts in a function's body only before ATOMIC, and a string that continues
/// on the next line keeps its kind.
class Splitter {
 public:
  /// `input` must outlive the splitter.
  explicit Splitter(ByteSource& input, SplitterLimits limits = {});

  /// The next piece, or nothing at the end. After `COPY ... FROM stdin` come its rows (none, or pieces of
  /// whole rows) and its end, whatever the server said to the statement. In CSV the pieces end at line
  /// ends, which may lie within a row. Errors: dump.truncated, dump.damaged, dump.wrong_encoding,
  /// dump.statement_too_large, dump.statement_refused, dump.meta_command_refused (a meta command within a
  /// statement), and those of the input.
  Result<std::optional<Piece>> next();

  /// Gives back the memory of the last piece, whose text is not valid any more.
  void forget_piece();

  [[nodiscard]] const Markers& markers() const { return markers_; }
  /// Rows (lines, in CSV) of the current or last COPY that were handed out.
  [[nodiscard]] std::uint64_t rows_of_copy() const { return copy_.rows; }
  /// Must the current or last COPY's lines be taken for rows? In CSV, where nothing better is known, and in
  /// encodings in which a backslash may be half a character (RowForm::lines_are_rows).
  [[nodiscard]] bool lines_are_rows() const { return copy_.lines_are_rows; }
  /// Decoded bytes that were dealt with, for progress.
  [[nodiscard]] std::uint64_t offset() const { return window_.offset() + pending_; }
  /// How strings are read at this moment. A server that reports otherwise for the session
  /// (PQparameterStatus) would see other statement ends than this splitter.
  [[nodiscard]] bool strings_conform() const { return strings_conform_; }

 private:
  struct Copy {
    bool active = false;
    bool lines_are_rows = false;
    std::string statement;  ///< its beginning, for messages
    std::uint64_t line = 0;
    std::uint64_t rows = 0;
    std::size_t searched = 0;  ///< bytes of the row at the front that hold no line end
  };

  Result<void> begin_input();
  Result<std::optional<Piece>> next_statement();
  Result<Piece> statement_piece();
  Result<Piece> meta_piece();
  Result<Piece> copy_piece();
  Result<void> begin_copy(std::string_view statement, std::uint64_t line);
  Result<void> fill_line(std::size_t from);
  Result<void> note_comment();
  void read_marker(std::string_view comment);
  void watch_session(std::string_view statement);
  void watch_meta(std::string_view line);
  void new_session();
  std::string_view lexed();
  void take(std::size_t length);
  std::uint64_t line_at(std::size_t position) const;
  Error too_large(std::uint64_t line) const;
  Error zero_byte(std::uint64_t line) const;
  Error truncated() const;

  SplitterLimits limits_;
  InputWindow window_;
  EncodingMask mask_;
  Lexer lexer_;
  Markers markers_;
  Copy copy_;
  bool begun_ = false;
  bool strings_conform_ = true;
  std::uint64_t line_ = 1;                      ///< of the window's first byte
  std::size_t pending_ = 0;                     ///< bytes of the last piece, dropped with the next call
  std::optional<std::uint64_t> pending_lines_;  ///< lines in them, where they were counted
};

}  // namespace recover::postgresql::dump
