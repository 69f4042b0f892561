/// Recognition of dumps: what pg_dump and pg_dumpall write, and sets of them.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

Result<Finding> probe_plain_dump(const Candidate& candidate, Tree& tree);
Result<Finding> probe_cluster_dump(const Candidate& candidate, Tree& tree);
Result<Finding> probe_custom_dump(const Candidate& candidate, Tree& tree);
Result<Finding> probe_directory_dump(const Candidate& candidate, Tree& tree);
Result<Finding> probe_tar_dump(const Candidate& candidate, Tree& tree);
/// globals.sql beside dumps of single databases.
Result<Finding> probe_cluster_dump_set(const Candidate& candidate, Tree& tree);
/// pg_dumpall's archive format that exists only in development versions.
Result<Finding> probe_development_dump(const Candidate& candidate, Tree& tree);

}  // namespace recover::postgresql
