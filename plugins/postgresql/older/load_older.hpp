/// The steps that bring the contents of an old server into a new cluster.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql::older {

/// Starts the old server on its copy, waits until it has recovered, loads what it dumps, stops it and removes
/// the copy. Repeated after an interruption it goes on where it stopped; after success it does nothing.
/// Errors: server.start_failed or what the log tells, postgresql.wrong_cluster, those of load::load().
Result<void> load_older(const Plan& plan, StepContext& context);

/// Ends the old server, wherever it runs. The files go with the staging directory. Nothing to do is success.
Result<void> discard_older(const Plan& plan, StepContext& context);

}  // namespace recover::postgresql::older
