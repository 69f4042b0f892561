/// The direct copy of a data directory or base backup as a list of steps.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql {

/// Errors: what makes it impossible (postgresql.*, target.*). Changes nothing.
Result<Plan> plan_direct(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host);

}  // namespace recover::postgresql
