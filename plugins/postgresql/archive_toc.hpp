/// The table of contents of a pg_dump archive (pg_backup_archiver.c, ReadHead and ReadToc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql {

struct TocEntry {
  std::int64_t id = 0;
  bool has_data = false;
  std::string tag;
  std::string kind;          ///< "TABLE DATA", "EXTENSION", ...
  std::string definition;    ///< the statement that makes it; empty for data
  std::string file;          ///< directory and tar format: the data file
  std::uint64_t offset = 0;  ///< custom format: where the data block begins; 0 = not recorded
};

struct ArchiveToc {
  std::string format_version;  ///< "1.16"
  std::uint8_t format = 0;     ///< 1 custom, 3 tar and directory
  std::string compression;     ///< "none", "gzip", "lz4", "zstd"
  std::int64_t created = 0;    ///< local time of the dumping host as if it were UTC, seconds since the epoch
  std::string database;
  std::string server_version;
  std::string dump_version;
  std::int64_t entry_count = 0;
  std::vector<TocEntry> entries;
  bool is_whole = false;  ///< all entries were within the bytes given
  std::size_t end = 0;    ///< first byte behind it: where custom data begins
};

/// Nothing when the bytes do not begin with PGDMP and a version that is understood. A head that ends
/// inside the entries gives what was before.
std::optional<ArchiveToc> parse_archive_toc(std::string_view bytes);

}  // namespace recover::postgresql
