/// backup_label, tablespace_map and the .backup history files: where a base backup's log begins and ends.
#pragma once

#include "postgresql/wal_position.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace recover::postgresql {

struct BackupLabel {
  Lsn start;                         ///< START WAL LOCATION: replay must begin here
  std::uint32_t start_timeline = 0;  ///< of the file named there, or START TIMELINE (11+)
  Lsn checkpoint;                    ///< CHECKPOINT LOCATION
  std::string method;                ///< streamed, pg_start_backup
  std::string from;                  ///< primary, standby
  std::string start_time;            ///< as written
  std::string label;
  std::optional<Lsn> incremental_from;  ///< INCREMENTAL FROM LSN: not complete alone (17+)
  std::uint32_t incremental_timeline = 0;  ///< INCREMENTAL FROM TLI
  std::optional<Lsn> stop;              ///< STOP WAL LOCATION, only in .backup history files
};

/// Nothing when START WAL LOCATION is not there.
std::optional<BackupLabel> parse_backup_label(std::string_view text);

/// OID and original path of each line of tablespace_map; backslash escapes are undone.
std::vector<std::pair<std::string, std::string>> parse_tablespace_map(std::string_view text);

}  // namespace recover::postgresql
