/// A dump cut into its pieces, as tests compare them.
#pragma once

#include "postgresql/dump/splitter.hpp"
#include "tests/support/text_source.hpp"

#include <string>
#include <vector>

namespace recover::postgresql::dump {

/// All pieces of a dump as "kind line text", and the error that ended it.
struct Split {
  std::vector<std::string> pieces;
  std::string error;  ///< id
  std::string what;
  Markers markers;
  std::uint64_t rows = 0;
};

inline std::string shown(const Piece& piece) {
  const char* const kinds[] = {"S", "R", "E", "M"};
  std::string text = std::string(kinds[static_cast<int>(piece.kind)]) + std::to_string(piece.line);
  return piece.text.empty() ? text : text + " " + std::string(piece.text);
}

inline Split split(const std::string& text, SplitterLimits limits = {}) {
  recover::test::TextSource source(text);
  Splitter splitter(source, limits);
  Split result;
  for (;;) {
    auto piece = splitter.next();
    if (!piece) {
      result.error = piece.error().id;
      result.what = piece.error().what + ": " + piece.error().cause;
      break;
    }
    if (!*piece) break;
    result.pieces.push_back(shown(**piece));
    if ((*piece)->kind == PieceKind::copy_end) result.rows += splitter.rows_of_copy();
  }
  result.markers = splitter.markers();
  return result;
}

}  // namespace recover::postgresql::dump
