/// Recognition of things that belong to a cluster but lie apart from it.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

/// A directory in which servers made PG_<major>_<catalog version>.
Result<Finding> probe_tablespace(const Candidate& candidate, Tree& tree);
/// base/OID without its cluster.
Result<Finding> probe_database_directory(const Candidate& candidate, Tree& tree);
/// A directory with segments of the write-ahead log: an archive, or pg_wal without its cluster.
Result<Finding> probe_wal_directory(const Candidate& candidate, Tree& tree);

}  // namespace recover::postgresql
