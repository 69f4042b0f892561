// One name per line, in hexadecimal: it may be anything, line ends included. The list is short and is written
// anew for each name, whole, so that it is never half a list.
#include "postgresql/load/made_names.hpp"

#include <algorithm>
#include <charconv>

namespace recover::postgresql::load {

namespace {

std::string in_hexadecimal(const std::string& name) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
  return text;
}

std::string from_hexadecimal(std::string_view text) {
  std::string name;
  for (; text.size() >= 2; text.remove_prefix(2)) {
    unsigned byte = 0;
    std::from_chars(text.data(), text.data() + 2, byte, 16);
    name += static_cast<char>(byte);
  }
  return name;
}

}  // namespace

std::vector<std::string> MadeNames::read() {
  std::vector<std::string> names;
  const auto text = files_.read(file_);
  if (!text) return names;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    names.push_back(from_hexadecimal(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return names;
}

Result<void> MadeNames::add(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names = read();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  names.push_back(name);
  std::string text;
  for (const std::string& one : names) text += in_hexadecimal(one) + "\n";
  return files_.write(file_, text, "", 0600);
}

bool MadeNames::contains(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  const auto names = read();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> MadeNames::all() {
  const std::scoped_lock lock(mutex_);
  return read();
}

}  // namespace recover::postgresql::load
