/// CRC-32C (Castagnoli), with which databases guard their pages and logs.
#pragma once

#include <cstdint>
#include <string_view>

namespace recover {

/// crc32c("123456789") == 0xe3069283. Uses the processor's instruction where it has one.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace recover
