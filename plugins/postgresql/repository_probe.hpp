/// Recognition of other tools' backup repositories: named, described, never decoded.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

Result<Finding> probe_pgbackrest(const Candidate& candidate, Tree& tree);
Result<Finding> probe_barman(const Candidate& candidate, Tree& tree);
Result<Finding> probe_wal_g(const Candidate& candidate, Tree& tree);
Result<Finding> probe_pg_probackup(const Candidate& candidate, Tree& tree);

}  // namespace recover::postgresql
