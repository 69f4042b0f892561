// Which locks a run takes: one on its own directory, one on every place it writes to. The kernel holds
// them, so a killed run leaves none behind.
#include "core/run/run_lock.hpp"

#include "recover/errors.hpp"

#include <filesystem>

namespace recover::run {

Result<sys::TargetLock> lock_run(const StateDirectory& state, const std::string& run, std::int64_t since) {
  return sys::TargetLock::acquire(state.locks(), "run " + run, run, since);
}

Result<sys::TargetLock> lock_target(const StateDirectory& state, const Plan& plan, std::int64_t since) {
  if (plan.target.kind == TargetKind::server) {
    return sys::TargetLock::acquire(state.locks(), plan.target.server + " " + plan.finding.name, plan.run,
                                    since);
  }
  std::error_code failed;
  const auto canonical = std::filesystem::weakly_canonical(plan.target.directory, failed);
  return sys::TargetLock::acquire(state.locks(), failed ? plan.target.directory : canonical.string(),
                                  plan.run, since);
}

bool is_running(const StateDirectory& state, const std::string& run) {
  const auto lock = lock_run(state, run, 0);
  return !lock && lock.error().id == errors::lock_held.id;
}

}  // namespace recover::run
