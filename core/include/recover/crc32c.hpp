/// CRC-32C (Castagnoli), with which databases guard their pages and logs.
#pragma once

#include <cstdint>
#include <string_view>

namespace recover {

/// The CRC of one text: crc32c("123456789") == 0xe3069283. Uses the processor's instruction where it has one.
std::uint32_t crc32c(std::string_view bytes);

/// A running CRC over several texts: begin with crc32c_start and end with crc32c_finish.
inline constexpr std::uint32_t crc32c_start = 0xffffffffU;
std::uint32_t crc32c_add(std::uint32_t crc, std::string_view bytes);
inline std::uint32_t crc32c_finish(std::uint32_t crc) {
  return crc ^ 0xffffffffU;
}

/// crc32c_add without the processor's instruction; for processors that lack it, and for tests.
std::uint32_t crc32c_add_portable(std::uint32_t crc, std::string_view bytes);

}  // namespace recover
