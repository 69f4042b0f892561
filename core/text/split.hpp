/// Text in parts.
#pragma once

#include <string>
#include <vector>

namespace recover::text {

/// The parts between any of the separators; empty ones are left out. ("a|b||c", "|") -> a, b, c.
std::vector<std::string> split(const std::string& text, const std::string& separators);

}  // namespace recover::text
