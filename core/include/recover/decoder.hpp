/// Numbers out of foreign bytes. A length in a damaged file is never trusted: reading beyond the end
/// gives zeros and sets failed(), which the caller asks once, at the end of what it wanted to know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace recover {

/// A cursor over borrowed bytes.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes, std::size_t position = 0) : bytes_(bytes), position_(position) {}

  std::uint8_t byte();
  std::uint16_t big16() { return static_cast<std::uint16_t>(big(2)); }
  std::uint32_t big32() { return static_cast<std::uint32_t>(big(4)); }
  std::uint64_t big64() { return big(8); }
  std::uint16_t little16() { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t little32() { return static_cast<std::uint32_t>(little(4)); }
  std::uint64_t little64() { return little(8); }
  /// Seven bits per byte, lowest first, high bit = more (protobuf, Lucene). At most ten bytes.
  std::uint64_t varint();
  /// The next `count` bytes, borrowed; empty and failed() when there are fewer.
  std::string_view take(std::uint64_t count);
  void skip(std::uint64_t count) { take(count); }
  void seek(std::size_t position);

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t left() const { return position_ < bytes_.size() ? bytes_.size() - position_ : 0; }
  [[nodiscard]] bool at_end() const { return left() == 0; }
  /// True once anything beyond the end was asked for; stays true.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::uint64_t big(int count);
  std::uint64_t little(int count);

  std::string_view bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

/// The number at `offset`, or 0 when the bytes end before: for headers with fixed offsets.
std::uint16_t big16_at(std::string_view bytes, std::size_t offset);
std::uint32_t big32_at(std::string_view bytes, std::size_t offset);
std::uint64_t big64_at(std::string_view bytes, std::size_t offset);
std::uint32_t little32_at(std::string_view bytes, std::size_t offset);

}  // namespace recover
