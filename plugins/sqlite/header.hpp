/// The 100-byte header of a SQLite database file (sqlite.org/fileformat2.html, section 1.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::sqlite {

constexpr std::size_t header_size = 100;

struct Header {
  std::uint32_t page_size = 0;
  bool is_wal = false;  ///< read version 2: changes go through a -wal file
  std::uint32_t change_counter = 0;
  std::uint32_t pages = 0;       ///< size in pages; only meaningful when pages_are_valid
  bool pages_are_valid = false;  ///< the last writer was 3.7.0 or later
  std::uint32_t free_pages = 0;
  std::uint32_t encoding = 0;  ///< 1 UTF-8, 2 UTF-16LE, 3 UTF-16BE; 0 in an empty database
  std::uint32_t user_version = 0;
  std::uint32_t application_id = 0;
  std::uint32_t writer = 0;  ///< SQLITE_VERSION_NUMBER of the last writer; 0 before 3.7.0
};

/// The header, or nothing when these bytes are not one: the magic alone is not believed.
std::optional<Header> read_header(std::string_view bytes);

/// "3.40.1" of 3040001; empty for 0.
std::string version_text(std::uint32_t writer);

/// "UTF-8" of 1; empty for unknown numbers.
std::string encoding_name(std::uint32_t encoding);

/// The program that claims this application_id ("Fossil"), or "".
std::string application_of(std::uint32_t application_id);

}  // namespace recover::sqlite
