/// Secrets that slipped into text, made unreadable before the text is kept or shown.
#pragma once

#include <string>
#include <string_view>

namespace recover::text {

/// `text` with passwords of URLs (scheme://user:***@host) and the values of password=, secret=,
/// PASSWORD '...' and their like replaced by "***". What is not a secret stays byte for byte.
std::string redacted(std::string_view text);

/// True when a setting or fact of this name holds a secret ("password", "masterauth"), not the name of a file
/// that holds one.
bool names_secret(std::string_view name);

}  // namespace recover::text
