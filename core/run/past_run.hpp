/// A recorded run, opened to do something about it: roll back, verify again.
#pragma once

#include "core/run/item_run.hpp"
#include "core/run/run_lock.hpp"

#include <memory>
#include <string>

namespace recover::run {

/// Everything of a recorded run, locked for us. Lives on the heap because its parts refer to each other.
struct PastRun {
  RunDirectory directory;
  RunPlan plan;
  sys::TargetLock lock;
  Journal journal;
  Policy policy;
  Observer observer;
  double began = 0;

  /// Errors: run.not_found, run.journal_damaged, plan.invalid, lock.held.
  static Result<std::unique_ptr<PastRun>> open(const std::string& word, const StateDirectory& state,
                                               Host& host);

  /// A report about this run with nothing in it yet.
  [[nodiscard]] Report new_report(Host& host) const;
};

}  // namespace recover::run
