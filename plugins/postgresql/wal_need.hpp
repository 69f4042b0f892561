/// Which log a cluster needs, what of it is there, and what other findings can contribute.
#pragma once

#include "postgresql/wal.hpp"
#include "recover/model.hpp"
#include "recover/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql {

/// Where replay begins and what it must reach before the data is consistent.
struct WalNeed {
  Lsn first;
  std::optional<Lsn> last;  ///< replay must reach this
  std::uint32_t timeline = 1;
  std::optional<Lsn> backup_start;  ///< replay must see the end of this backup
};

/// Nothing when the control file does not tell.
std::optional<WalNeed> wal_need(const Finding& finding, Tree& tree);

/// Whose log it must be; nothing when the version is not known.
std::optional<WalIdentity> wal_identity(const Finding& finding);

/// Every segment of the tree that belongs to a cluster.
struct GatheredWal {
  WalFiles files;
  std::vector<std::string> sources;  ///< as in WalVerdict
  bool only_names = false;           ///< some lie in archives that are too large to be read once more
};

GatheredWal gather_wal(const Finding& finding, const Survey& survey, Tree& tree);

struct WalVerdict {
  std::vector<std::string> missing;   ///< segment names that are needed and nowhere
  std::vector<std::string> to_place;  ///< "NAME=path" of segments outside the cluster's own directory
  std::vector<std::string> sources;   ///< own directory first, then archives that belong to this cluster
  std::optional<Lsn> end;             ///< behind the last valid record; absent when the log was not read
  bool end_is_sure = false;           ///< the log was read to where it ends
  std::string end_reason;
  std::uint64_t records = 0;
};

/// `finding` is a cluster with the facts of probe. For tar backups names alone are judged. At most
/// `budget` bytes of log are read (0 = all).
WalVerdict judge_wal(const Finding& finding, const Survey& survey, Tree& tree, std::uint64_t budget = 0);

/// Missing tablespaces that another finding has: moved from fact::missing_tablespaces to tablespaces.
void complete_tablespaces(Finding& finding, const Survey& survey);

}  // namespace recover::postgresql
