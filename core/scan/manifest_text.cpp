// The small languages inside a manifest's values: lists of globs with {N}, and magic lines.
//
// Everything is parsed completely or refused; a magic that is understood by halves would make the
// scanner look for the wrong bytes in somebody's data. Format: docs/formats/manifest.md.

#include "core/scan/manifest_text.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace recover::scan {
namespace {

std::optional<unsigned char> hex_byte(std::string_view text) {
  unsigned value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() != 2 || problem != std::errc{} || end != text.data() + 2) return std::nullopt;
  return static_cast<unsigned char>(value);
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string result;
  if (text.empty() || text.size() % 2 != 0) return std::nullopt;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const auto byte = hex_byte(text.substr(at, 2));
    if (!byte) return std::nullopt;
    result.push_back(static_cast<char>(*byte));
  }
  return result;
}

/// The text between two quotes, starting after the first; `at` ends behind the closing one.
std::optional<std::string> quoted(std::string_view text, std::size_t& at) {
  std::string result;
  while (at < text.size() && text[at] != '\'') {
    if (text[at] != '\\') {
      result.push_back(text[at++]);
      continue;
    }
    if (at + 1 >= text.size()) return std::nullopt;
    const char kind = text[at + 1];
    at += 2;
    switch (kind) {
      case 'n': result.push_back('\n'); break;
      case 'r': result.push_back('\r'); break;
      case 't': result.push_back('\t'); break;
      case '0': result.push_back('\0'); break;
      case '\\': result.push_back('\\'); break;
      case '\'': result.push_back('\''); break;
      case 'x': {
        const auto byte = hex_byte(text.substr(std::min(at, text.size()), 2));
        if (!byte) return std::nullopt;
        result.push_back(static_cast<char>(*byte));
        at += 2;
        break;
      }
      default: return std::nullopt;
    }
  }
  if (at >= text.size() || result.empty()) return std::nullopt;
  ++at;
  return result;
}

/// One condition "OFFSET:HEX", "OFFSET:'text'" or "*:'text'", from `at` on.
std::optional<Magic> magic_condition(std::string_view text, std::size_t& at) {
  const auto colon = text.find(':', at);
  if (colon == std::string_view::npos) return std::nullopt;
  Magic magic;
  const auto offset = text.substr(at, colon - at);
  if (offset == "*") {
    magic.offset = Magic::anywhere;
  } else {
    const auto value = number(offset);
    if (!value || *value >= 65536) return std::nullopt;
    magic.offset = static_cast<std::int64_t>(*value);
  }
  at = colon + 1;
  std::optional<std::string> bytes;
  if (at < text.size() && text[at] == '\'') {
    bytes = quoted(text, ++at);
  } else {
    const auto end = std::min(text.find(' ', at), text.size());
    bytes = from_hex(text.substr(at, end - at));
    at = end;
  }
  if (!bytes) return std::nullopt;
  magic.bytes = std::move(*bytes);
  return magic;
}

}  // namespace

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> result;
  std::size_t begin = text.find_first_not_of(" \t");
  while (begin != std::string::npos) {
    const auto end = text.find_first_of(" \t", begin);
    result.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(" \t", end);
  }
  return result;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::string> expand_repetition(const std::string& glob) {
  std::string result;
  std::string last;  // the piece before a '{'
  for (std::size_t at = 0; at < glob.size();) {
    if (glob[at] == '{') {
      const auto end = glob.find('}', at);
      if (end == std::string::npos || last.empty()) return std::nullopt;
      const auto times = number(std::string_view(glob).substr(at + 1, end - at - 1));
      if (!times || *times == 0 || *times > 64) return std::nullopt;
      for (std::uint64_t i = 1; i < *times; ++i) result += last;
      last.clear();
      at = end + 1;
      continue;
    }
    std::size_t length = 1;
    last.clear();
    if (glob[at] == '[') {
      const auto end = glob.find(']', at + 2);
      if (end == std::string::npos) return std::nullopt;
      length = end + 1 - at;
      last = glob.substr(at, length);
    } else if (glob[at] == '?') {
      last = "?";
    }
    result += glob.substr(at, length);
    at += length;
  }
  return result;
}

std::optional<std::vector<Magic>> magic_line(std::string_view text) {
  std::vector<Magic> result;
  for (std::size_t at = 0;;) {
    auto condition = magic_condition(text, at);
    if (!condition) return std::nullopt;
    result.push_back(std::move(*condition));
    if (at == text.size()) return result;
    if (text.substr(at, 3) != " + ") return std::nullopt;
    at += 3;
  }
}

}  // namespace recover::scan
