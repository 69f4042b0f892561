/// Colour as meaning: red failed, yellow look at this, green proven, bold headline. Nothing otherwise.
#pragma once

#include "core/report/report.hpp"

#include <string>

namespace recover::report {

inline std::string colored(const char* code, const std::string& text, const Style& style) {
  return style.color ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
}
inline std::string red(const std::string& text, const Style& style) {
  return colored("31", text, style);
}
inline std::string yellow(const std::string& text, const Style& style) {
  return colored("33", text, style);
}
inline std::string green(const std::string& text, const Style& style) {
  return colored("32", text, style);
}
inline std::string bold(const std::string& text, const Style& style) {
  return colored("1", text, style);
}

/// "a" or "a and 3 more" style counting: "1 path", "12 paths".
inline std::string counted(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace recover::report
