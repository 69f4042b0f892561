// From the outcomes of all items to one exit code and one status: docs/exit-codes.md. Pure. Must never
// let a success hide a failure: 0 with something failed needs the operator's own --min-success.
#include "core/run/exit_codes.hpp"
#include "core/run/run.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace recover::run {

namespace {

/// Worst first; what is not listed (usage, configuration) ranks behind.
constexpr std::array severity{
    ExitCode::rollback_incomplete,
    ExitCode::internal,
    ExitCode::security,
    ExitCode::hangup,
    ExitCode::interrupted,
    ExitCode::terminated,
    ExitCode::server_failed,
    ExitCode::disk_space,
    ExitCode::verification_failed,
    ExitCode::source_read,
    ExitCode::connection,
    ExitCode::timeout,
    ExitCode::locked,
    ExitCode::refused,
    ExitCode::tool_missing,
    ExitCode::incompatible,
    ExitCode::nothing_found,
    ExitCode::partial,
};

/// Codes that need a human even when other databases were recovered.
constexpr std::size_t never_partial = 6;

std::size_t rank(ExitCode code) {
  return static_cast<std::size_t>(std::find(severity.begin(), severity.end(), code) - severity.begin());
}

bool is_signal(ExitCode code) {
  return code == ExitCode::hangup || code == ExitCode::interrupted || code == ExitCode::terminated;
}

struct Counts {
  std::size_t succeeded = 0;
  std::size_t failed = 0;
  bool rolled_back = false;
  bool warnings = false;
  bool salvaged = false;  ///< a check says that it was --last-resort's
  ExitCode failure = ExitCode::ok;
  ExitCode skipped = ExitCode::ok;
};

Counts count(const Report& report) {
  Counts counts;
  counts.warnings = !report.warnings.empty();
  for (const ItemReport& item : report.items) {
    const ExitCode code = item.error ? item.error->exit : ExitCode::internal;
    const bool warned = std::any_of(item.checks.begin(), item.checks.end(),
                                    [](const Check& check) { return check.verdict == Verdict::warning; });
    counts.warnings = counts.warnings || warned || !item.warnings.empty();
    counts.salvaged =
        counts.salvaged || std::any_of(item.checks.begin(), item.checks.end(),
                                       [](const Check& check) { return flag_fact(check.facts, "salvaged"); });
    switch (item.result) {
      case ItemResult::failed:
      case ItemResult::rolled_back:
        ++counts.failed;
        counts.rolled_back = counts.rolled_back || item.result == ItemResult::rolled_back;
        counts.failure = worse_of(counts.failure, code);
        break;
      case ItemResult::skipped:
        if (item.error) counts.skipped = worse_of(counts.skipped, code);
        break;
      default: ++counts.succeeded;
    }
  }
  for (const Error& error : report.errors) counts.failure = worse_of(counts.failure, error.exit);
  return counts;
}

bool reaches(const Counts& counts, const Policy& policy) {
  if (!policy.min_success_percent || policy.require_all) return false;
  const auto total = static_cast<double>(counts.succeeded + counts.failed);
  return 100.0 * static_cast<double>(counts.succeeded) / total >= *policy.min_success_percent;
}

}  // namespace

ExitCode worse_of(ExitCode left, ExitCode right) {
  if (left == ExitCode::ok) return right;
  if (right == ExitCode::ok) return left;
  return rank(right) < rank(left) ? right : left;
}

void settle(Report& report, const Policy& policy) {
  const Counts counts = count(report);
  if (counts.failure == ExitCode::ok) {
    if (counts.succeeded != 0) {
      report.exit = counts.salvaged ? ExitCode::salvaged : ExitCode::ok;
      report.status = counts.warnings ? RunStatus::warnings : RunStatus::success;
    } else {
      // Nothing failed and nothing was recovered: never 0.
      report.exit = counts.skipped == ExitCode::ok ? ExitCode::nothing_found : counts.skipped;
      report.status = RunStatus::nothing_found;
    }
    return;
  }
  const bool is_partial = counts.succeeded != 0 && counts.failed != 0 && policy.continue_on_error &&
                          rank(counts.failure) >= never_partial;
  if (is_partial) {
    report.exit = reaches(counts, policy) ? ExitCode::ok : ExitCode::partial;
    report.status = RunStatus::partial;
    return;
  }
  report.exit = counts.failure;
  if (is_signal(report.exit)) {
    report.status = RunStatus::interrupted;
  } else if (counts.rolled_back && report.exit != ExitCode::rollback_incomplete) {
    report.status = RunStatus::rolled_back;
  } else {
    report.status = counts.succeeded != 0 ? RunStatus::partial : RunStatus::failed;
  }
}

}  // namespace recover::run
