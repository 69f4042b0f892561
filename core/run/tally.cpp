// Counting what is on record. A program that runs once cannot count, but its records can: every stored
// report is read again. Runs without a report were interrupted. Must never fail: a record that cannot be
// read is left out, and the counters say what the others say.
#include "core/run/tally.hpp"

#include "core/report/report.hpp"
#include "core/run/preflight.hpp"

#include <algorithm>

namespace recover::run {

namespace {

/// A run that is over; one that wrote no report is known to have been interrupted and no more.
std::optional<Report> report_of(const RunSummary& summary, const StateDirectory& state) {
  if (summary.status == "running") return std::nullopt;
  if (const auto stored = stored_report(summary.run, state)) {
    if (auto report = report::report_from_json(*stored)) return *report;
  }
  Report report;
  report.run = summary.run;
  report.status = RunStatus::interrupted;
  report.exit = ExitCode::interrupted;
  report.started = summary.started;
  report.finished = summary.started;
  return report;
}

bool is_success(const Report& report) {
  return report.exit == ExitCode::ok &&
         (report.status == RunStatus::success || report.status == RunStatus::warnings);
}

void count_item(const ItemReport& item, std::int64_t finished, Tally& tally) {
  if (item.error) ++tally.errors[item.error->id];
  tally.ignored_settings += item.ignored_settings.size();
  if (item.result == ItemResult::skipped || item.result == ItemResult::verified) return;
  DatabaseTally& database = tally.databases[{item.engine, item.name}];
  if (item.result == ItemResult::failed) {
    ++database.failed;
    return;
  }
  if (item.result == ItemResult::rolled_back) {
    ++database.rolled_back;
    return;
  }
  ++database.succeeded;
  if (finished < database.last_success) return;
  database.last_success = finished;
  database.seconds = item.seconds;
  database.bytes = item.bytes;
  database.rows = item.rows;
}

void count_run(const Report& report, Tally& tally) {
  ++tally.runs[report.status];
  for (const Error& error : report.errors) ++tally.errors[error.id];
  for (const ItemReport& item : report.items) {
    count_item(item, report.finished, tally);
    if (item.kept_old.starts_with('/')) tally.kept_old += Bytes{allocated_below(item.kept_old)};
  }
}

void count_test(const TestRecord& test, Tally& tally) {
  TestTally& source = tally.tests[test.source];
  ++(test.is_passed ? source.passed : source.failed);
  if (test.is_passed) source.last_passed = std::max(source.last_passed, test.finished);
  source.last_seconds = test.seconds;
  source.last_restored = test.restored;
}

}  // namespace

Tally tally_of(const StateDirectory& state, const std::optional<Report>& present) {
  Tally tally;
  tally.last = present;
  for (const RunSummary& summary : list_runs(state)) {
    auto report = report_of(summary, state);
    if (!report) continue;
    count_run(*report, tally);
    if (is_success(*report)) tally.last_success = std::max(tally.last_success, report->finished);
    const bool is_newest = !tally.last || (!present && report->finished > tally.last->finished);
    if (is_newest) tally.last = std::move(report);
  }
  for (const TestRecord& test : recorded_tests(state)) count_test(test, tally);
  return tally;
}

}  // namespace recover::run
