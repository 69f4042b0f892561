/// Verification of a recovered cluster by a server of its own.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql {

Result<std::vector<Check>> verify(const Plan& plan, const Verify& how, StepContext& context);

}  // namespace recover::postgresql
