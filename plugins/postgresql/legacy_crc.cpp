// The CRC of old control files. The table is that of the reflected Ethernet polynomial, the shift that of
// the unreflected form: a mistake that PostgreSQL kept until 9.5 so that old files stayed readable.
#include "postgresql/legacy_crc.hpp"

#include <array>

namespace recover::postgresql {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0);
    table[i] = value;
  }
  return table;
}

constexpr auto ethernet = make_table();

}  // namespace

std::uint32_t legacy_crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes)
    crc = (crc << 8) ^ ethernet[((crc >> 24) ^ static_cast<unsigned char>(byte)) & 0xFFU];
  return crc ^ 0xFFFFFFFFU;
}

}  // namespace recover::postgresql
