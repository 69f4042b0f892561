// Reads the header of a SQLite database. Offsets and the fixed bytes 21-23 are those of
// sqlite.org/fileformat2.html section 1.3; application ids are those of magic.txt in SQLite's source.
#include "sqlite/header.hpp"

#include "recover/decoder.hpp"

#include <array>
#include <bit>
#include <utility>

namespace recover::sqlite {

namespace {

constexpr std::string_view magic("SQLite format 3\0", 16);
// Payload fractions: fixed numbers since the first release of version 3.
constexpr std::string_view payload_fractions("\x40\x20\x20", 3);

}  // namespace

std::optional<Header> read_header(std::string_view bytes) {
  if (bytes.size() < header_size || bytes.substr(0, magic.size()) != magic) return std::nullopt;
  if (bytes.substr(21, 3) != payload_fractions) return std::nullopt;
  Header header;
  const std::uint32_t stored = big16_at(bytes, 16);
  header.page_size = stored == 1 ? 65536U : stored;
  if (header.page_size < 512 || !std::has_single_bit(header.page_size)) return std::nullopt;
  header.is_wal = bytes[19] == 2;
  header.change_counter = big32_at(bytes, 24);
  header.pages = big32_at(bytes, 28);
  header.pages_are_valid = header.pages != 0 && header.change_counter == big32_at(bytes, 92);
  header.free_pages = big32_at(bytes, 36);
  header.encoding = big32_at(bytes, 56);
  header.user_version = big32_at(bytes, 60);
  header.application_id = big32_at(bytes, 68);
  header.writer = big32_at(bytes, 96);
  return header;
}

std::string version_text(std::uint32_t writer) {
  if (writer == 0) return {};
  return std::to_string(writer / 1'000'000) + "." + std::to_string(writer / 1000 % 1000) + "." +
         std::to_string(writer % 1000);
}

std::string encoding_name(std::uint32_t encoding) {
  constexpr std::array names{"", "UTF-8", "UTF-16LE", "UTF-16BE"};
  return encoding < names.size() ? names[encoding] : "";
}

std::string application_of(std::uint32_t application_id) {
  constexpr std::array<std::pair<std::uint32_t, const char*>, 12> known{{
      {0x0f055111, "Fossil checkout"},
      {0x0f055112, "Fossil repository"},
      {0x0f055113, "Fossil global configuration"},
      {0x42654462, "Bentley Systems BeSQLite"},
      {0x42654c6e, "Bentley Systems Localization"},
      {0x47504b47, "GeoPackage"},
      {0x47503130, "GeoPackage 1.0"},
      {0x45737269, "Esri Spatially-Enabled"},
      {0x4d504258, "MBTiles tileset"},
      {0x5f4d544e, "Monotone repository"},
      {0x6a035744, "TeXnicard card database"},
      {0x53514c41, "SQLite archive"},
  }};
  for (const auto& [id, name] : known) {
    if (id == application_id) return name;
  }
  return {};
}

}  // namespace recover::sqlite
