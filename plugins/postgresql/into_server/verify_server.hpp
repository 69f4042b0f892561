/// Verification of databases in a running server, before and after they get their names.
#pragma once

#include "recover/engine.hpp"

#include <vector>

namespace recover::postgresql {

/// Holds every database of this run against the dump and looks at its catalog; other databases of the server
/// are left alone. Errors: postgresql.connection_failed and its kin, run.cancelled.
Result<std::vector<Check>> verify_in_server(const Plan& plan, const Verify& how, StepContext& context);

}  // namespace recover::postgresql
