/// Loading a dump into a running server, beside the databases that are there.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql {

/// Asks the server whether it is still the one of the plan. Errors: postgresql.target_changed, those of
/// ask_server().
Result<void> check_target(const Plan& plan, StepContext& context);
/// The same before anything is begun; and can be dropped what is to be dropped first? Errors: as above,
/// postgresql.database_in_use.
Result<void> check_before(const Plan& plan, StepContext& context);

/// Loads every database of the dump under a name of this run and writes the record. After success it does
/// nothing. Errors: those of load_dump(), postgresql.database_exists, target_changed.
Result<void> load_beside(const Plan& plan, StepContext& context);

/// What becomes of databases that were begun and are not to be finished: dropped, kept or renamed, as the
/// plan says. The roles that this run made are removed where nothing needs them. Errors: connection_failed,
/// query_failed.
Result<void> discard_loaded(const Plan& plan, StepContext& context);

/// Drops what an interrupted run left of its load, when nobody will go on with it. Errors: the same.
Result<void> drop_begun(const Plan& plan, StepContext& context);

/// Drops the databases that were exchanged and kept, or undone, by this run: their time is over. Errors: the
/// same.
Result<void> drop_kept(const Plan& plan, StepContext& context);

}  // namespace recover::postgresql
