// Placeholder of the strategies: nothing can be planned yet, and this says so.
#include "postgresql/plan.hpp"

#include "recover/errors.hpp"

namespace recover::postgresql {

Result<Plan> plan(const Assessment& assessment, Strategy /*strategy*/, const Wishes& /*wishes*/,
                  Tree& /*tree*/, Host& /*host*/) {
  return make_error(recover::errors::engine_strategy_unavailable, assessment.finding.path);
}

Result<void> perform(const EngineCall& call, const Plan& /*plan*/, StepContext& /*context*/) {
  return make_error(recover::errors::engine_strategy_unavailable, call.name);
}

}  // namespace recover::postgresql
