// Numbers, sizes and foreign names as people read them. Names come from disks we do not trust: what a
// terminal would obey (escape sequences, bidirectional overrides) is shown as \xNN instead. Byte
// counts are SI units because disks are sold and `df -H` counts that way. Nothing here depends on the
// locale, so the same value is the same text on every machine. Globs and spelling: core/text/match.cpp.
#include "core/text/format.hpp"

#include "core/text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

namespace recover::text {

namespace {

// Characters that reorder, hide or break a line: C0, DEL, C1, zero-width and directional marks
// (Unicode 15, Bidi_Control), line and paragraph separators, the byte order mark.
bool is_harmful(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE007F);
}

std::size_t width_of(std::string_view cell) {
  std::size_t width = 0;
  while (!cell.empty()) {
    cell.remove_prefix(first_code_point(cell).length);
    ++width;
  }
  return width;
}

bool is_plain_shell_character(char c) {
  constexpr std::string_view others = "_@%+=:,./-";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         others.find(c) != std::string_view::npos;
}

}  // namespace

std::string bytes(Bytes size) {
  if (size.count < 1000) return fmt::format("{} B", size.count);
  constexpr std::array units{"KB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(size.count) / 1000;
  std::size_t unit = 0;
  // 999.95 and more would be printed as "1000.0".
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) seconds = 0;
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  const std::uint64_t hours = whole / 3600;
  const std::uint64_t minutes = whole / 60 % 60;
  if (hours == 0) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
}

std::string number(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ' ';
    grouped += digits[i];
  }
  return grouped;
}

std::string printable(const std::string& bytes) {
  std::string shown;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const CodePoint point = first_code_point(rest);
    const std::string_view raw = rest.substr(0, point.length);
    if (point.valid && !is_harmful(point.value)) {
      shown += raw;
    } else {
      for (const char byte : raw) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
    rest.remove_prefix(point.length);
  }
  return shown;
}

std::string shell_quoted(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain_shell_character)) return word;
  // $'...' (POSIX.1-2024, bash, zsh) is the only form that survives being shown on a terminal.
  const bool harmful = printable(word) != word;
  std::string quoted = harmful ? "$'" : "'";
  for (const char byte : word) {
    if (harmful && (byte == '\'' || byte == '\\')) {
      quoted += {'\\', byte};
    } else if (harmful && (byte < 0x20 || byte > 0x7E)) {
      quoted += fmt::format("\\{:03o}", static_cast<unsigned char>(byte));
    } else if (byte == '\'') {
      quoted += "'\\''";
    } else {
      quoted += byte;
    }
  }
  return quoted + "'";
}

std::string timestamp(std::int64_t seconds_since_epoch) {
  const auto time = static_cast<std::time_t>(seconds_since_epoch);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return std::to_string(seconds_since_epoch);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace recover::text
