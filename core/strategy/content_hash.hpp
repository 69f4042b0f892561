/// The hash of a file's content as copy manifests carry it (docs/formats/copy-manifest.md).
#pragma once

#include "recover/cancel.hpp"
#include "recover/result.hpp"

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>

namespace recover::strategy {

/// The unit of copying, hashing and progress.
inline constexpr std::size_t block_size = 1024 * 1024;

/// A block-sized buffer aligned for O_DIRECT.
class Block {
 public:
  Block();
  [[nodiscard]] char* data() { return bytes_.get(); }

 private:
  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }  // NOLINT: from aligned_alloc
  };
  std::unique_ptr<char, Free> bytes_;
};

/// XXH3-128 of a file's content. Blocks of 1 MiB that are all zero are left out, and the block that
/// follows them is preceded by its offset: holes and written zeros hash alike, and a terabyte of hole
/// costs nothing. A file without such a block has its plain XXH3-128.
class ContentHash {
 public:
  ContentHash();
  void reset();
  /// The block at `offset` (a multiple of block_size); blocks that are never handed in are zero.
  void add(std::uint64_t offset, std::span<const char> block);
  [[nodiscard]] std::string hex() const;

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
  std::uint64_t expected_ = 0;  ///< where the next block begins if none is left out
};

/// XXH3-128 of a text, 32 hex digits.
std::string hash_text(const std::string& text);

/// True when every byte is zero.
bool is_zero(std::span<const char> bytes);

/// The first block at or after `offset` that may hold data, as an offset; `size` when only holes follow.
std::uint64_t next_data_block(int file, std::uint64_t offset, std::uint64_t size);

/// pread until `length` bytes or the end of the file. Returns the errno of a failure as a negative
/// number (one plain repetition is tried for EIO).
std::int64_t read_block(int file, char* buffer, std::size_t length, std::uint64_t offset);

/// Hash of an open file of `size` bytes. Errors: verify.copy_differs (shorter than that or unreadable),
/// run.cancelled.
Result<std::string> hash_file(int file, std::uint64_t size, const std::string& name, Block& buffer,
                              ContentHash& hash, const CancellationToken& cancel);

}  // namespace recover::strategy
