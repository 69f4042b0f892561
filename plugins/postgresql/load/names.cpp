// Names that are made of names. The server cuts an identifier at 63 bytes without asking (reference: the
// manual, "Identifiers and Key Words"), which would make two long names one.
#include "postgresql/load/names.hpp"

#include "postgresql/text.hpp"
#include "recover/crc32c.hpp"

#include <fmt/format.h>

namespace recover::postgresql::load {

namespace {

constexpr std::size_t longest_suffix = 40;  // "__undone_" and a run's usual 26 letters, whole

/// At most `length` bytes, never half a character.
std::string_view cut(std::string_view text, std::size_t length) {
  if (text.size() <= length) return text;
  constexpr unsigned continuation_mask = 0xC0;
  constexpr unsigned continuation = 0x80;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & continuation_mask) == continuation)
    --length;
  return text.substr(0, length);
}

}  // namespace

std::string beside_name(const std::string& database, std::string_view role, std::string_view run) {
  std::string suffix = fmt::format("__{}_{}", role, lower_case(run));
  suffix = cut(suffix, longest_suffix);
  if (database.size() + suffix.size() <= longest_name) return database + suffix;
  const std::string told_apart = fmt::format("_{:08x}{}", crc32c(database), suffix);
  return std::string(cut(database, longest_name - told_apart.size())) + told_apart;
}

std::string name_in_server(const std::string& database, const std::map<std::string, std::string>& names) {
  const auto other = names.find(database);
  return other == names.end() ? database : other->second;
}

}  // namespace recover::postgresql::load
