/// Page 0 of an InnoDB tablespace: what the file says of itself.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::mysql {

struct SpaceHeader {
  std::uint32_t space_id = 0;
  std::uint32_t page_size = 0;
  std::uint32_t pages = 0;           ///< the size InnoDB believes in, in pages
  std::uint32_t server_version = 0;  ///< 80022 of MySQL 8.0.22; 0 where none is written
  std::uint64_t flush_lsn = 0;       ///< only in ibdata1, and not of MariaDB 10.8 and later
  bool is_full_crc32 = false;        ///< MariaDB 10.5 and later
  bool is_encrypted = false;
};

/// The header, or nothing when these bytes are no first page. Needs 16 KiB to see encryption.
std::optional<SpaceHeader> read_space_header(std::string_view page);

/// Of the file at `path`; nothing when it is missing, unreadable or not a tablespace.
std::optional<SpaceHeader> read_space_header(Tree& tree, const std::string& path);

/// "8.0.22" of 80022, "10.11.19" of 101119; empty for 0.
std::string version_text(std::uint32_t number);

}  // namespace recover::mysql
