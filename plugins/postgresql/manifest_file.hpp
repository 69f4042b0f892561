/// backup_manifest of pg_basebackup (13+): which log a backup needs, which files it has.
#pragma once

#include "postgresql/wal_position.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::postgresql {

struct ManifestWal {
  std::uint32_t timeline = 0;
  Lsn start;
  Lsn end;
};

struct BackupManifest {
  bool is_complete = false;       ///< ends with its own checksum
  std::string system_identifier;  ///< version 2 (17+)
  bool lists_label = false;       ///< the backup had a backup_label, which is the first of its files
  std::vector<ManifestWal> wal;
};

/// Reads only the head and the last few kilobytes: the log ranges stand behind the file list.
Result<BackupManifest> read_backup_manifest(Tree& tree, const std::string& path);

/// The same from text; `text` may be the tail alone.
BackupManifest parse_backup_manifest(const std::string& head, const std::string& tail);

}  // namespace recover::postgresql
