// Page 0 of a tablespace (fsp0fsp.h of MySQL 8.0 and MariaDB 10.11). Offsets: 4 page number, 8 server
// version and 12 space version (MySQL 8.0 and later), 24 page type, 26 flush LSN, 34 and 38 space id,
// 46 size in pages, 54 flags. All numbers big-endian.
#include "mysql/innodb_page.hpp"

#include "recover/decoder.hpp"

#include <fmt/format.h>

namespace recover::mysql {

namespace {

constexpr std::uint16_t page_type_space_header = 8;
constexpr std::size_t first_page = 16U << 10U;
constexpr std::string_view crypt_magic("\x73\x0e\x0c\x52\x45\x74", 6);
constexpr std::size_t crypt_offset = 10428;  // behind the extent descriptors of a 16 KiB page

std::uint32_t page_size_of(std::uint32_t flags, bool is_full_crc32) {
  const std::uint32_t shift = is_full_crc32 ? flags & 0xfU : flags >> 6U & 0xfU;
  if (shift == 0) return 16384;  // the default is written as 0
  return shift <= 7 ? 512U << shift : 0;
}

/// MariaDB keeps the key's data behind the extent descriptors: magic, scheme (1: encrypted), length of
/// the initialisation vector, vector, lowest key version (0: encryption is possible but not in use).
bool has_mariadb_key(std::string_view page) {
  Decoder in(page, crypt_offset);
  if (in.take(crypt_magic.size()) != crypt_magic) return false;
  const std::uint8_t scheme = in.byte();
  in.skip(in.byte());
  const std::uint32_t lowest_key = in.big32();
  return !in.failed() && scheme == 1 && lowest_key != 0;
}

}  // namespace

std::optional<SpaceHeader> read_space_header(std::string_view page) {
  if (page.size() < 64 || big32_at(page, 4) != 0 || big16_at(page, 24) != page_type_space_header)
    return std::nullopt;
  SpaceHeader header;
  header.space_id = big32_at(page, 34);
  if (header.space_id != big32_at(page, 38)) return std::nullopt;
  const std::uint32_t flags = big32_at(page, 54);
  header.is_full_crc32 = (flags & 0x10U) != 0;
  header.page_size = page_size_of(flags, header.is_full_crc32);
  if (header.page_size == 0) return std::nullopt;
  header.pages = big32_at(page, 46);
  header.flush_lsn = big64_at(page, 26);
  const std::uint32_t version = big32_at(page, 8);
  // Elsewhere these bytes are the previous page's number: 0 or all ones on page 0.
  if (big32_at(page, 12) == 1 && version >= 80000 && version < 1000000) header.server_version = version;
  header.is_encrypted = (!header.is_full_crc32 && (flags & 0x2000U) != 0) || has_mariadb_key(page);
  return header;
}

std::optional<SpaceHeader> read_space_header(Tree& tree, const std::string& path) {
  const auto page = tree.read(path, 0, first_page);
  return page ? read_space_header(*page) : std::nullopt;
}

std::string version_text(std::uint32_t number) {
  if (number == 0) return {};
  return fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
}

}  // namespace recover::mysql
