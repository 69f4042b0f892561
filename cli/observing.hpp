/// What a run tells while it goes on: to the log, to the display, and as events.
#pragma once

#include "cli/session.hpp"

namespace recover::cli {

/// Steps and items as they begin and end. Borrows `session`.
run::Observer observer_of(Session& session);
/// database_found for each finding.
void tell_findings(const scan::Outcome& outcome, Session& session);
/// plan_ready.
void tell_plan(const run::RunPlan& plan, Session& session);
/// run_finished, with the exit code.
void tell_end(const Report& report, Session& session);

}  // namespace recover::cli
