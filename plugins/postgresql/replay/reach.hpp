/// How far the log that was found brings a cluster, and where replay would stop for a point in time.
#pragma once

#include "postgresql/wal_need.hpp"
#include "recover/engine.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql {

/// One timeline's part of the answer. Times are microseconds since the epoch, of ends of transactions.
struct Reach {
  std::uint32_t timeline = 1;
  std::optional<Lsn> consistent;  ///< from here on the data is consistent; nothing: the log ends before
  std::optional<std::int64_t> consistent_time;
  Lsn end;  ///< behind the last record that was read
  std::optional<std::int64_t> end_time;
  bool goes_on = false;  ///< the budget was used up: the log is longer than this
  std::string missing;   ///< the segment whose absence ends the log, while more would be needed or is there
  std::string ended_because;       ///< a few words
  std::vector<std::string> marks;  ///< restore points behind `consistent`
  std::optional<Lsn> stop;         ///< where replay stops for the point that was asked for
  std::uint64_t last_segment = 0;  ///< number of the last segment that is needed to get there
  bool has_prepared = false;       ///< a prepared transaction ended, whose number was not read
};

/// Reads the log of one lineage from where replay begins. With a point it reads no further than that.
Reach reach_of(const WalNeed& need, const GatheredWal& wal, const Lineage& lineage,
               const WalIdentity& identity, Tree& tree, std::uint64_t budget,
               const PointWishes* point = nullptr);

/// The lineages that go through the place where the cluster becomes consistent, oldest timeline first: its
/// own, and those that later branched off it.
std::vector<Lineage> lineages_of(const WalNeed& need, const GatheredWal& wal, Tree& tree);

/// "2026-11-20 03:15:00.250000 UTC".
std::string instant_text(std::int64_t microseconds);

}  // namespace recover::postgresql
