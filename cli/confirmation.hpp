/// Asking before something is changed.
#pragma once

#include "cli/session.hpp"

#include <string>

namespace recover::cli {

/// Shows the plan and asks on the terminal; where data is replaced, for the number of databases (a typed
/// fact, not a reflex). Errors: run.not_confirmed.
Result<void> confirm_plan(const run::RunPlan& plan, Session& session);

/// Asks `question` for y. Errors: run.not_confirmed.
Result<void> confirm(const std::string& question, Session& session);

}  // namespace recover::cli
