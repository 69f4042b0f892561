/// A dump as a text in memory, handed out in parts of any size.
#pragma once

#include "postgresql/dump/splitter.hpp"
#include "recover/byte_source.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace recover::postgresql::dump {

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string text, std::size_t part = 1 << 20) : text_(std::move(text)), part_(part) {}
  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const std::size_t given = std::min({length, part_, text_.size() - position_});
    std::memcpy(buffer, text_.data() + position_, given);
    position_ += given;
    return given;
  }

 private:
  std::string text_;
  std::size_t part_;
  std::size_t position_ = 0;
};

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
  TextSource source(text);
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
