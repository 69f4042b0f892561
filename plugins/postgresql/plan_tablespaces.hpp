/// Where the tablespaces of a cluster come from and go to.
#pragma once

#include "recover/engine.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

struct TablespaceMove {
  std::string oid;
  std::string from;  ///< relative to the source: a directory that holds PG_N_CATALOG, or OID.tar[.gz]
  bool is_archive = false;
  std::string to;       ///< absolute: the final place, where the link points
  bool chosen = false;  ///< the operator named the place
};

/// Errors: postgresql.tablespace_missing (unless last_resort), postgresql.tablespace_target.
Result<std::vector<TablespaceMove>> plan_tablespaces(const Plan& plan, const Wishes& wishes, Tree& tree,
                                                     Host& host);

/// The directory below which this run keeps the tablespaces of a target.
std::string tablespace_home(const Plan& plan);

/// The homes that earlier runs made for the tablespaces of the data at the target now.
std::vector<std::string> present_tablespace_homes(const Plan& plan, Host& host);

/// Text of tablespace_map: the server rebuilds its links from it at the start from a backup.
std::string tablespace_map_text(const std::vector<TablespaceMove>& moves);

}  // namespace recover::postgresql
