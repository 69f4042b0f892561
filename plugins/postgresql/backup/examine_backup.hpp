/// A base backup held against its manifest, where it lies.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql::backup {

/// Reads every file that the manifest lists, in archives or directories, and says which differ, are missing
/// or are not listed. Errors: source.*, run.cancelled; what is wrong with the backup is in the check.
Result<Check> examine_backup(const Finding& finding, const std::string& manifest, StepContext& context);

/// Every listed file that carries data is below `root` and has its size; tablespaces are below pg_tblspc.
/// Errors: postgresql.manifest_mismatch, postgresql.manifest_damaged.
Result<void> check_completeness(const std::string& manifest, const std::string& root);

}  // namespace recover::postgresql::backup
