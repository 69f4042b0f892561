/// The probes of the Redis plugin, one per form.
#pragma once

#include "recover/recogniser.hpp"

#include <optional>

namespace recover::redis {

Result<Finding> probe_snapshot(const Candidate& candidate, Tree& tree);
Result<Finding> probe_append_only_file(const Candidate& candidate, Tree& tree);
/// A directory with manifest and parts.
Result<Finding> probe_append_only_directory(const Candidate& candidate, Tree& tree);
/// A directory with a snapshot beside an append-only file.
Result<Finding> probe_instance(const Candidate& candidate, Tree& tree);

/// The snapshot and the append-only file (or directory) that one server keeps in a directory.
struct InstanceFiles {
  std::string snapshot;     ///< path; dump.rdb, else the newest *.rdb
  std::string append_only;  ///< path
  bool is_multi_part = false;
};

/// Both, or nothing when one of them is missing: then there is no instance, only a file.
std::optional<InstanceFiles> instance_files(const std::string& directory, Tree& tree);

}  // namespace recover::redis
