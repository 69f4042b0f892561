/// Commands of the operator around a run: what uses the databases is stopped before and started again after.
#pragma once

#include "core/run/run.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace recover::run {

/// Each is a program and its words; empty: nothing is run.
struct Hooks {
  std::vector<std::string> before;
  std::vector<std::string> after;
  std::chrono::seconds limit{0};  ///< for each of them; 0 = none
};

/// What a run is about before there is a report of it.
struct RunName {
  std::string run;
  std::string source;
};

/// Runs the one before. Errors: tool.failed, tool.missing, tool.failed_to_start, run.cancelled, run.timeout;
/// then the run must not begin.
Result<void> run_before(const Hooks& hooks, const RunName& name, Host& host, const CancellationToken& cancel);

/// Runs the one after a run that did not begin; what was stopped for it may be started again. Errors: as
/// above.
Result<void> run_after(const Hooks& hooks, const RunName& name, const Error& reason, Host& host);

/// Runs the one after a run, whatever came of it. That it failed becomes a warning of the report, on disk
/// too.
void run_after(const Hooks& hooks, Report& report, const StateDirectory& state, Host& host);

}  // namespace recover::run
