/// Loading a whole dump into one server, and again from where it stopped while what stopped it may pass.
#pragma once

#include "postgresql/load/options.hpp"
#include "postgresql/load/record.hpp"
#include "recover/engine.hpp"

#include <functional>
#include <string>
#include <vector>

namespace recover::postgresql::load {

/// Called before every attempt: the server must answer when it returns.
using MakeReady = std::function<Result<void>()>;

/// Loads every part of the plan's dump. `options` says how; the ledger in the target is its own business, and
/// is still there when this returns. Errors: those of load_dump(), target.changed.
Result<LoadRecord> load_parts(const Plan& plan, const LoadOptions& options, const MakeReady& make_ready,
                              StepContext& context);

/// Takes the ledger out of these databases (as the server calls them), which nothing needs any more.
/// Repeating it is success.
Result<void> remove_ledger(const Plan& plan, const std::vector<std::string>& databases,
                           const LoadOptions& options, StepContext& context);

}  // namespace recover::postgresql::load
