// Any text as a dump: nothing may crash, and the pieces may not depend on how the bytes arrive. The first
// byte of the input chooses the size of the blocks; what comes out in such blocks must be what comes out at
// once, rows put together again.
#include "postgresql/dump/end_check.hpp"
#include "postgresql/dump/policy.hpp"
#include "postgresql/dump/row_sum.hpp"
#include "postgresql/dump/splitter.hpp"
#include "postgresql/dump/statement.hpp"
#include "tests/support/text_source.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace recover::postgresql::dump {
namespace {

/// Everything that a splitter says about a text, rows joined.
std::string account(std::string_view text, std::size_t block) {
  recover::test::TextSource source(text);
  SplitterLimits limits;
  limits.block = block;
  Splitter splitter(source, limits);
  std::string said;
  bool in_rows = false;
  RowSum sum;
  for (;;) {
    auto next = splitter.next();
    // Rows in front of an error may have been handed out or not: only the error counts.
    if (!next) return next.error().id;
    if (!*next) break;
    const Piece& piece = **next;
    const bool is_rows = piece.kind == PieceKind::copy_rows;
    if (!is_rows || !in_rows)
      said += "\n" + std::to_string(static_cast<int>(piece.kind)) + " " + std::to_string(piece.line) + " ";
    said += piece.text;
    in_rows = is_rows;
    if (is_rows) sum.add_rows(piece.text);
    if (piece.kind == PieceKind::statement) {
      static_cast<void>(describe(piece.text));
      static_cast<void>(setting(piece.text));
      static_cast<void>(rewrite_tablespace_location(piece.text, "/x"));
    }
    static_cast<void>(judge(piece, {}));
    static_cast<void>(noteworthy(piece));
  }
  if (splitter.offset() != text.size()) std::abort();
  static_cast<void>(check_end(splitter.markers()));
  return said;
}

}  // namespace
}  // namespace recover::postgresql::dump

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using recover::postgresql::dump::account;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (account(text, 1 + data[0] % 64) != account(text, 1 << 16)) std::abort();
  return 0;
}
