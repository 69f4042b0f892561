/// From an assessment and a choice to steps. Pure.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql {

Result<Plan> plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes, Tree& tree,
                  Host& host);

/// Carries out one of this engine's own steps.
Result<void> perform(const EngineCall& call, const Plan& plan, StepContext& context);

}  // namespace recover::postgresql
