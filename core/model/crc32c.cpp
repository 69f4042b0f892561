// CRC-32C with the SSE4.2 instruction where the processor has it and a table where not; chosen once at
// run time, because the program must start on any x86-64. Reflected polynomial 0x82f63b78, start and
// final exclusive or 0xffffffff (RFC 3720, appendix B.4).
#include "recover/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace recover {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t value = 0; value < table.size(); ++value) {
    std::uint32_t rest = value;
    for (int bit = 0; bit < 8; ++bit) rest = (rest & 1U) != 0 ? rest >> 1U ^ 0x82f63b78U : rest >> 1U;
    table[value] = rest;
  }
  return table;
}

constexpr auto table = make_table();

using Add = std::uint32_t (*)(std::uint32_t, std::string_view);

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t add_by_instruction(std::uint32_t sum,
                                                                   std::string_view bytes) {
  std::uint64_t wide = sum;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    wide = _mm_crc32_u64(wide, word);
    bytes.remove_prefix(sizeof word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (const char one : bytes) narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(one));
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
  for (const char one : bytes) crc = crc >> 8U ^ table[(crc ^ static_cast<std::uint8_t>(one)) & 0xffU];
  return crc;
}

std::uint32_t crc32c_add(std::uint32_t crc, std::string_view bytes) {
  static const Add add = choose();
  return add(crc, bytes);
}

std::uint32_t crc32c(std::string_view bytes) {
  return crc32c_finish(crc32c_add(crc32c_start, bytes));
}

}  // namespace recover
