/// The small languages inside a manifest's values (docs/formats/manifest.md).
#pragma once

#include "core/scan/manifest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::scan {

/// The words of a line, separated by blanks.
std::vector<std::string> words(const std::string& text);
/// A decimal number, or nothing when there is anything else in the text.
std::optional<std::uint64_t> number(std::string_view text);
/// A glob with {N} written out: "[0-9A-F]{24}" is the class 24 times. Only '?' and classes may be
/// repeated. Nothing when it is malformed.
std::optional<std::string> expand_repetition(const std::string& glob);
/// "0:50474450 + 257:'ustar'": conditions joined by " + ". Nothing when it is malformed.
std::optional<std::vector<Magic>> magic_line(std::string_view text);

}  // namespace recover::scan
