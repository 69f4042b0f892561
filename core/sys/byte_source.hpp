/// Sources of bytes that are made of other sources.
#pragma once

#include "core/sys/archive.hpp"

#include <cstdint>
#include <string>

namespace recover::sys {

/// A source whose beginning can be looked at before it is read, and that counts what was read.
class HeadSource final : public SeekableSource {
 public:
  /// `source` is borrowed.
  explicit HeadSource(ByteSource& source)
      : source_(source), seekable_(dynamic_cast<SeekableSource*>(&source)) {}

  /// The first bytes, at most `length`; they are still read afterwards. Call it before read().
  Result<std::string> head(std::size_t length);
  Result<std::size_t> read(char* buffer, std::size_t length) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    return seekable_ == nullptr ? std::nullopt : seekable_->length();
  }
  void seek(std::uint64_t position) override;
  /// Where the next read() begins.
  [[nodiscard]] std::uint64_t consumed() const { return consumed_; }

 private:
  ByteSource& source_;
  SeekableSource* seekable_;  ///< the same, if it is one
  std::string head_;
  std::size_t head_used_ = 0;
  std::uint64_t consumed_ = 0;
};

}  // namespace recover::sys
