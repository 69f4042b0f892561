// Bounded decoding of numbers. Every parser of a foreign format stands on this file, so it must never
// read beyond the bytes it was given, whatever the offsets and lengths in them say.
#include "recover/decoder.hpp"

namespace recover {

std::string_view Decoder::take(std::uint64_t count) {
  if (failed_ || count > left()) {
    failed_ = true;
    return {};
  }
  const std::string_view taken = bytes_.substr(position_, static_cast<std::size_t>(count));
  position_ += static_cast<std::size_t>(count);
  return taken;
}

std::uint8_t Decoder::byte() {
  const std::string_view taken = take(1);
  return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken.front());
}

std::uint64_t Decoder::big(int count) {
  std::uint64_t value = 0;
  for (const char one : take(static_cast<std::uint64_t>(count))) {
    value = value << 8 | static_cast<std::uint8_t>(one);
  }
  return value;
}

std::uint64_t Decoder::little(int count) {
  std::uint64_t value = 0;
  int shift = 0;
  for (const char one : take(static_cast<std::uint64_t>(count))) {
    value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(one)) << shift;
    shift += 8;
  }
  return value;
}

std::uint64_t Decoder::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    const std::uint8_t next = byte();
    if (shift < 64) value |= static_cast<std::uint64_t>(next & 0x7fU) << shift;
    if ((next & 0x80U) == 0) return value;
  }
  failed_ = true;
  return 0;
}

void Decoder::seek(std::size_t position) {
  if (position > bytes_.size()) failed_ = true;
  position_ = position;
}

std::uint16_t big16_at(std::string_view bytes, std::size_t offset) {
  return Decoder(bytes, offset).big16();
}
std::uint32_t big32_at(std::string_view bytes, std::size_t offset) {
  return Decoder(bytes, offset).big32();
}
std::uint64_t big64_at(std::string_view bytes, std::size_t offset) {
  return Decoder(bytes, offset).big64();
}
std::uint32_t little32_at(std::string_view bytes, std::size_t offset) {
  return Decoder(bytes, offset).little32();
}

}  // namespace recover
