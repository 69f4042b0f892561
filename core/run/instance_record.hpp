/// STATE/instances/NAME/instance.json: what is needed to start a private instance months later.
#pragma once

#include "core/run/run.hpp"

#include <string>

namespace recover::run {

/// Records the plan that made an instance; the record of an earlier run is kept beside it.
Result<void> write_instance(const StateDirectory& state, const Plan& plan);
/// Puts the earlier record back, or removes the record where there was none.
Result<void> undo_instance(const StateDirectory& state, const Plan& plan);
/// The plan of an instance. Errors: instance.not_found, plan.invalid.
Result<Plan> read_instance(const StateDirectory& state, const std::string& name);

}  // namespace recover::run
