/// Which log a cluster needs, what of it is there, and what other findings can contribute.
#pragma once

#include "postgresql/wal_position.hpp"
#include "recover/model.hpp"
#include "recover/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql {

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
