/// One process at a time works on one run.
#pragma once

#include "core/run/run.hpp"
#include "core/sys/lock.hpp"

#include <cstdint>
#include <string>

namespace recover::run {

/// Errors: lock.held.
Result<sys::TargetLock> lock_run(const StateDirectory& state, const std::string& run, std::int64_t since);

/// The lock of the place a plan writes to, however it is spelled. Errors: lock.held.
Result<sys::TargetLock> lock_target(const StateDirectory& state, const Plan& plan, std::int64_t since);

/// True while a process holds the lock of that run.
bool is_running(const StateDirectory& state, const std::string& run);

}  // namespace recover::run
