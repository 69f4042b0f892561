/// UTF-8 decoding for names of foreign origin. Names are bytes; this says which of them are text.
#pragma once

#include <cstddef>
#include <string_view>

namespace recover::text {

/// One decoded character. `length` bytes were looked at; an invalid byte has length 1.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
  bool valid = false;
};

/// The first character of `bytes`, which must not be empty. Strict: no overlong forms, no surrogates,
/// nothing above U+10FFFF.
CodePoint first_code_point(std::string_view bytes);

/// True when every byte belongs to a valid character.
bool is_utf8(std::string_view bytes);

}  // namespace recover::text
