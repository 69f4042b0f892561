// Strict UTF-8 decoding after RFC 3629 section 4: the lead byte gives the length and the smallest
// value, so that overlong forms, surrogates and values above U+10FFFF are recognised as invalid.
// Relies on nothing; never reads beyond the given bytes.
#include "core/text/utf8.hpp"

namespace recover::text {

namespace {

struct Lead {
  std::size_t length;
  char32_t bits;
  char32_t smallest;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

CodePoint first_code_point(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes.front());
  const Lead lead = lead_of(first);
  const CodePoint invalid{first, 1, false};
  if (lead.length == 0 || lead.length > bytes.size()) return invalid;
  char32_t value = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if ((byte & 0xC0U) != 0x80U) return invalid;
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lead.smallest || surrogate || value > 0x10FFFF) return invalid;
  return {value, lead.length, true};
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const CodePoint point = first_code_point(bytes);
    if (!point.valid) return false;
    bytes.remove_prefix(point.length);
  }
  return true;
}

}  // namespace recover::text
