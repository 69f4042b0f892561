/// Sources of bytes that are made of other sources.
#pragma once

#include "core/sys/archive.hpp"

#include <cstdint>
#include <string>

namespace recover::sys {

/// A source whose beginning can be looked at before it is read, and that counts what was read.
class HeadSource final : public ByteSource {
 public:
  /// `source` is borrowed.
  explicit HeadSource(ByteSource& source) : source_(source) {}

  /// The first bytes, at most `length`; they are still read afterwards. Call it before read().
  Result<std::string> head(std::size_t length);
  Result<std::size_t> read(char* buffer, std::size_t length) override;
  /// Bytes handed out by read().
  [[nodiscard]] std::uint64_t consumed() const { return consumed_; }

 private:
  ByteSource& source_;
  std::string head_;
  std::size_t head_used_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace recover::sys
