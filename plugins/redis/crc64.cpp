// CRC-64/Jones: reflected polynomial 0x95ac9329ac4bc9b5, start 0, no final exclusive or (crc64.c of
// Redis 7.0). Eight tables, eight bytes at a time: snapshots have gigabytes.
#include "redis/crc64.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace recover::redis {

namespace {

static_assert(std::endian::native == std::endian::little, "the eight-byte step reads numbers as they lie");

using Tables = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint64_t value = 0; value < 256; ++value) {
    std::uint64_t rest = value;
    for (int bit = 0; bit < 8; ++bit) rest = (rest & 1U) != 0 ? rest >> 1U ^ 0x95ac9329ac4bc9b5U : rest >> 1U;
    tables[0][value] = rest;
  }
  for (std::size_t table = 1; table < tables.size(); ++table) {
    for (std::size_t value = 0; value < 256; ++value) {
      const std::uint64_t before = tables[table - 1][value];
      tables[table][value] = tables[0][before & 0xffU] ^ before >> 8U;
    }
  }
  return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

std::uint64_t crc64(std::uint64_t checksum, std::string_view bytes) {
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    word ^= checksum;
    checksum = 0;
    for (std::size_t byte = 0; byte < 8; ++byte) checksum ^= tables[7 - byte][word >> 8U * byte & 0xffU];
    bytes.remove_prefix(8);
  }
  for (const char one : bytes) {
    checksum = tables[0][(checksum ^ static_cast<std::uint8_t>(one)) & 0xffU] ^ checksum >> 8U;
  }
  return checksum;
}

}  // namespace recover::redis
