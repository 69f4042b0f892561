/// Client encodings in which the second byte of a character may look like a quote or a backslash.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace recover::postgresql::dump {

/// A copy of the text in which such bytes are replaced by 0xFF, as psql does before it lexes. Does nothing
/// (and costs nothing) for all other encodings.
class EncodingMask {
 public:
  /// Any spelling that the server takes ("SJIS", "shift_jis", "Windows-936"). What was masked is forgotten.
  void set_encoding(std::string_view name);
  [[nodiscard]] bool is_needed() const { return kind_ != Kind::safe; }
  /// The masked form of `text`, which begins where the last one did (but for what was dropped). Without the
  /// last character when that is cut, unless this is the end of the input.
  std::string_view apply(std::string_view text, bool is_last);
  /// The first `length` bytes of the text are gone.
  void drop(std::size_t length);

 private:
  enum class Kind { safe, shift_jis, two_bytes, extended_unix, gb18030 };
  std::size_t character_length(std::string_view rest) const;

  Kind kind_ = Kind::safe;
  std::string masked_;
  std::size_t begin_ = 0;
};

}  // namespace recover::postgresql::dump
