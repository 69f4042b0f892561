/// pg_combinebackup, run on copies.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql::backup {

/// Puts a full and its incremental backups together as the staged data directory of a plan. `arguments`:
/// "directories", the full one first; "mapping", "place of a tablespace|its new place". Errors:
/// postgresql.combine_failed, tool.*.
Result<void> combine(const Facts& arguments, const Plan& plan, StepContext& context);

}  // namespace recover::postgresql::backup
