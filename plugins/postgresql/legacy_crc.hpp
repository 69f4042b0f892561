/// The checksum of pg_control before 9.5; since then it is CRC-32C (recover/crc32c.hpp).
#pragma once

#include <cstdint>
#include <string_view>

namespace recover::postgresql {

/// No standard polynomial: a table of one CRC used with the shift of another (COMP_LEGACY_CRC32 in
/// PostgreSQL's pg_crc.h).
std::uint32_t legacy_crc32(std::string_view bytes);

}  // namespace recover::postgresql
