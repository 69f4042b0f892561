/// Reads the write-ahead log record by record, to know where it really ends.
#pragma once

#include "postgresql/replay/lineage.hpp"
#include "postgresql/versions.hpp"
#include "postgresql/wal_files.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace recover::postgresql {

/// What every page of a cluster's log must say.
struct WalIdentity {
  const MajorVersion& version;
  std::uint64_t system_identifier = 0;
  std::uint32_t page_size = 8192;
};

struct WalWalk {
  Lsn end;  ///< behind the last valid record; the start when there is none
  std::uint64_t records = 0;
  std::string stopped_because;    ///< a few words
  bool segment_missing = false;   ///< stopped because there is no file for the next segment
  bool gave_up = false;           ///< the budget was used up: the log goes on
  std::optional<Lsn> backup_end;  ///< position of the end-of-backup record that was asked for
};

/// One record. `bytes` is all of it, header included, and borrowed for the time of the call.
struct WalRecord {
  Lsn start;
  Lsn end;
  std::uint32_t transaction = 0;
  std::uint8_t manager = 0;  ///< resource manager
  std::uint8_t kind = 0;     ///< the manager's business
  std::string_view bytes;
};

struct WalRange {
  Lsn start;  ///< of a record
  std::uint32_t timeline = 1;
  std::uint64_t budget = 0;          ///< bytes to read at most; 0 = no limit
  std::optional<Lsn> backup_start;   ///< look for the end-of-backup record of the backup that began here
  const Lineage* lineage = nullptr;  ///< follow these timelines instead of `timeline`
  std::function<bool(const WalRecord&)> visit = {};  ///< sees every record; false ends the walk behind it
};

/// Up to `length` bytes of a file's content, decompressed, also out of an archive ("a.tar.gz!NAME"); as much
/// as can be read.
std::string read_whole(Tree& tree, const std::string& path, std::uint64_t length);

/// Never fails: a log that cannot be read ends where it cannot be read.
WalWalk walk_wal(Tree& tree, const WalFiles& files, const WalIdentity& identity, const WalRange& range);

}  // namespace recover::postgresql
