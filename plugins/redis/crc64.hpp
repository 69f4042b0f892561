/// CRC-64/Jones, the checksum at the end of RDB files.
#pragma once

#include <cstdint>
#include <string_view>

namespace recover::redis {

/// Continues `checksum` (0 at the start) over `bytes`.
std::uint64_t crc64(std::uint64_t checksum, std::string_view bytes);

}  // namespace recover::redis
