/// CRC-32C (Castagnoli), the checksum of pg_control, pg_filenode.map and WAL records.
#pragma once

#include <cstdint>
#include <string_view>

namespace recover::postgresql {

/// Continues a running CRC; begin with crc32c_start and end with crc32c_finish.
inline constexpr std::uint32_t crc32c_start = 0xFFFFFFFFU;
std::uint32_t crc32c_add(std::uint32_t crc, std::string_view bytes);
inline std::uint32_t crc32c_finish(std::uint32_t crc) {
  return crc ^ 0xFFFFFFFFU;
}

/// The CRC of one text: crc32c("123456789") == 0xE3069283.
std::uint32_t crc32c(std::string_view bytes);

/// The same without the processor's instruction; for tests and for processors that lack it.
std::uint32_t crc32c_add_portable(std::uint32_t crc, std::string_view bytes);

/// The checksum that 9.4 and older kept in pg_control: no standard polynomial, a table of one CRC used
/// with the shift of another (COMP_LEGACY_CRC32 in PostgreSQL's pg_crc.h).
std::uint32_t legacy_crc32(std::string_view bytes);

}  // namespace recover::postgresql
