/// What a run tells other programs, and its own next process, about its databases: which are done, which
/// failed and why, where to go on (docs/formats/run.md).
#pragma once

#include "core/run/records.hpp"

#include <string>
#include <vector>

namespace recover::run {

/// The names of both files; a run that is continued on another day keeps those of its first.
std::string manifest_path(const RunDirectory& directory, const std::string& run, std::int64_t started);
std::string failures_path(const RunDirectory& directory, const std::string& run, std::int64_t started);

/// Writes restore-manifest-YYYYMMDD-RUN.json (recover.manifest/1), and
/// cluster-restore-failures-YYYYMMDD-RUN.json (recover.failures/1) as long as something failed.
class RestoreManifest {
 public:
  /// Both are borrowed.
  RestoreManifest(const RunDirectory& directory, const RunPlan& plan, std::int64_t started);
  /// `items` are those that ended so far.
  Result<void> save(const std::vector<ItemReport>& items) const;

 private:
  const RunDirectory& directory_;
  const RunPlan& plan_;
  std::int64_t started_;
  std::vector<std::string> hashes_;  ///< of the plans, in their order
};

/// The run that a manifest belongs to. Errors: run.manifest_invalid when it is none, or not the one that this
/// machine knows the run by; run.not_found.
Result<std::string> run_of_manifest(const std::string& text, const StateDirectory& state);

}  // namespace recover::run
