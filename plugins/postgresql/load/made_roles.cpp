// One role per line, in hexadecimal: a role may be called anything, line ends included. The list is short and
// is written anew for each role, whole, so that it is never half a list.
#include "postgresql/load/made_roles.hpp"

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

std::vector<std::string> MadeRoles::read() {
  std::vector<std::string> roles;
  const auto text = files_.read(file_);
  if (!text) return roles;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    roles.push_back(from_hexadecimal(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return roles;
}

Result<void> MadeRoles::add(const std::string& role) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> roles = read();
  if (std::find(roles.begin(), roles.end(), role) != roles.end()) return {};
  roles.push_back(role);
  std::string text;
  for (const std::string& one : roles) text += in_hexadecimal(one) + "\n";
  return files_.write(file_, text, "", 0600);
}

bool MadeRoles::contains(const std::string& role) {
  const std::scoped_lock lock(mutex_);
  const auto roles = read();
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::vector<std::string> MadeRoles::all() {
  const std::scoped_lock lock(mutex_);
  return read();
}

}  // namespace recover::postgresql::load
