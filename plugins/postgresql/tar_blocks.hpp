/// The blocks of a tar file (POSIX.1-1988, ustar).
#pragma once

#include <cstddef>
#include <cstdint>

namespace recover::postgresql {

inline constexpr std::size_t tar_block = 512;  ///< bytes

/// What a member of this length takes behind its header, in bytes.
constexpr std::uint64_t whole_tar_blocks(std::uint64_t length) {
  return (length + tar_block - 1) / tar_block * tar_block;
}

}  // namespace recover::postgresql
