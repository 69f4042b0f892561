// Placeholder of the verification: nothing can be verified yet, and this says so.
#include "postgresql/verify.hpp"

#include "recover/errors.hpp"

namespace recover::postgresql {

Result<std::vector<Check>> verify(const Plan& plan, const Verify& /*how*/, StepContext& /*context*/) {
  return make_error(recover::errors::engine_strategy_unavailable, plan.id);
}

}  // namespace recover::postgresql
