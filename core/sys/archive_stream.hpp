/// One libarchive object over a source of bytes, and the bytes of its current entry.
#pragma once

#include "core/sys/byte_source.hpp"
#include "recover/error.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct archive;  // libarchive's

namespace recover::sys {

/// Reads, skips and seeks for libarchive. Does not move: libarchive keeps its address.
class Stream {
 public:
  /// `source` is borrowed; `name` is for messages.
  Stream(ByteSource& source, std::string name);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] ::archive* get() const { return archive_.get(); }
  [[nodiscard]] bool is_seekable() const { return length_.has_value(); }
  /// Begins, after the formats and filters are set. A status of libarchive.
  int open();
  /// `length` bytes from `offset` of a seekable source, fewer at its end; libarchive does not notice.
  Result<std::string> read_elsewhere(std::uint64_t offset, std::size_t length);
  /// Why libarchive stopped: the source's own error, or what libarchive says about the data.
  [[nodiscard]] Error error(const std::string& member, std::uint64_t offset) const;

 private:
  struct Free {
    void operator()(::archive* archive) const;
  };
  // libarchive's callbacks; its types are 64 bits wide.
  static std::int64_t read(::archive* archive, void* self, const void** buffer);
  static std::int64_t skip(::archive* archive, void* self, std::int64_t request);
  static std::int64_t seek(::archive* archive, void* self, std::int64_t offset, int whence);
  void go_to(std::uint64_t position);

  ByteSource& source_;
  SeekableSource* seekable_;  ///< the same, if it is one
  std::string name_;
  std::optional<std::uint64_t> length_;  ///< only of a seekable source
  std::uint64_t position_ = 0;           ///< where the source is read next
  std::unique_ptr<::archive, Free> archive_;
  std::optional<Error> failure_;
  std::array<char, 65536> buffer_{};
};

/// The data of the current entry as bytes; holes become zeros.
class EntryData final : public ByteSource {
 public:
  EntryData(const Stream& stream, const HeadSource& stored) : stream_(stream), stored_(stored) {}

  /// A new entry begins. `size` as its header says, when it says so.
  void begin(const std::string& member, std::optional<std::uint64_t> size);
  Result<std::size_t> read(char* buffer, std::size_t length) override;

 private:
  Result<void> next_block();

  const Stream& stream_;
  const HeadSource& stored_;
  std::string member_;
  std::optional<std::uint64_t> size_;
  std::uint64_t position_ = 0;
  std::string_view block_;
  std::uint64_t block_offset_ = 0;
  bool ended_ = false;
};

}  // namespace recover::sys
