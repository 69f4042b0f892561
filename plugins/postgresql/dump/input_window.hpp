/// The part of a stream that is being looked at: bytes are added behind and dropped in front.
#pragma once

#include "recover/byte_source.hpp"
#include "recover/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace recover::postgresql::dump {

class InputWindow {
 public:
  /// `input` must outlive the window; `block` bytes are read at once.
  InputWindow(ByteSource& input, std::size_t block) : input_(input), block_(block) {}

  /// What is there now; valid until read().
  [[nodiscard]] std::string_view text() const { return {buffer_.get() + begin_, end_ - begin_}; }
  /// Where text() begins in the stream.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  /// Is text() all that is left?
  [[nodiscard]] bool is_last() const { return is_last_; }
  /// Adds about one block; nothing at the end of the input. An error of the input comes with the call after
  /// the one that added what was before it.
  Result<void> read();
  /// Forgets the first `length` bytes.
  void drop(std::size_t length);

 private:
  void make_room();
  void shrink();

  ByteSource& input_;
  std::size_t block_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  bool is_last_ = false;
  std::optional<Error> failure_;  ///< of the input, told once everything before it was handed out
};

}  // namespace recover::postgresql::dump
