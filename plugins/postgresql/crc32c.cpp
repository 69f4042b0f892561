// CRC-32C with the SSE4.2 instruction where the processor has it and a table where not; chosen once at
// run time, because the program must start on any x86-64. Polynomial 0x82F63B78 (reflected), start and
// final XOR 0xFFFFFFFF (PostgreSQL: src/port/pg_crc32c*.c).
#include "postgresql/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace recover::postgresql {

namespace {

constexpr std::array<std::uint32_t, 256> make_table(std::uint32_t polynomial) {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1U) != 0 ? polynomial : 0);
    table[i] = value;
  }
  return table;
}

constexpr auto castagnoli = make_table(0x82F63B78U);
constexpr auto ethernet = make_table(0xEDB88320U);

using Add = std::uint32_t (*)(std::uint32_t, std::string_view);

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t add_by_instruction(std::uint32_t crc,
                                                                   std::string_view bytes) {
  std::uint64_t wide = crc;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    wide = _mm_crc32_u64(wide, word);
    bytes.remove_prefix(sizeof word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (const char byte : bytes) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(byte));
  return narrow;
}
#endif

Add choose() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2") != 0) return add_by_instruction;
#endif
  return crc32c_add_portable;
}

}  // namespace

std::uint32_t crc32c_add_portable(std::uint32_t crc, std::string_view bytes) {
  for (const char byte : bytes)
    crc = (crc >> 8) ^ castagnoli[(crc ^ static_cast<unsigned char>(byte)) & 0xFFU];
  return crc;
}

std::uint32_t crc32c_add(std::uint32_t crc, std::string_view bytes) {
  static const Add add = choose();
  return add(crc, bytes);
}

std::uint32_t crc32c(std::string_view bytes) {
  return crc32c_finish(crc32c_add(crc32c_start, bytes));
}

std::uint32_t legacy_crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes)
    crc = (crc << 8) ^ ethernet[((crc >> 24) ^ static_cast<unsigned char>(byte)) & 0xFFU];
  return crc ^ 0xFFFFFFFFU;
}

}  // namespace recover::postgresql
