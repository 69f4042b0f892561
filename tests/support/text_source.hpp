/// A text in memory as a source of bytes, handed out in parts of any size.
#pragma once

#include "recover/byte_source.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace recover::test {

class TextSource final : public ByteSource {
 public:
  /// `text` must outlive the source; at most `part` bytes are given at once.
  explicit TextSource(std::string_view text, std::size_t part = 1 << 20) : text_(text), part_(part) {}
  Result<std::size_t> read(char* buffer, std::size_t length) override {
    const std::size_t given = std::min({length, part_, text_.size()});
    std::memcpy(buffer, text_.data(), given);
    text_.remove_prefix(given);
    return given;
  }

 private:
  std::string_view text_;
  std::size_t part_;
};

}  // namespace recover::test
