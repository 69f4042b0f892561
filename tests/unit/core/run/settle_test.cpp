// The table of exit codes and statuses: one row per ruling.
#include "core/run/run.hpp"

#include <gtest/gtest.h>

namespace recover::run {
namespace {

Error error_with(ExitCode code) {
  Error error;
  error.id = "x.y";
  error.exit = code;
  return error;
}

ItemReport item(ItemResult result, ExitCode code = ExitCode::ok) {
  ItemReport made;
  made.result = result;
  if (code != ExitCode::ok) made.error = error_with(code);
  return made;
}

struct Row {
  const char* why;
  std::vector<ItemReport> items;
  std::vector<Error> errors;
  Policy policy;
  ExitCode exit;
  RunStatus status;
};

Policy policy(bool go_on, std::optional<double> percent = {}, bool require_all = false) {
  Policy made;
  made.continue_on_error = go_on;
  made.min_success_percent = percent;
  made.require_all = require_all;
  return made;
}

ItemReport warned() {
  ItemReport made = item(ItemResult::created);
  made.warnings = {"w"};
  return made;
}

/// What --last-resort brought back: a check says so.
ItemReport salvaged() {
  ItemReport made = item(ItemResult::created);
  made.checks.push_back({"load", "", Verdict::warning, {}, {}, {}});
  set_fact(made.checks.back().facts, "salvaged", true);
  return made;
}

const ItemReport good = item(ItemResult::created);
const ItemReport damaged = item(ItemResult::failed, ExitCode::verification_failed);
const ItemReport full = item(ItemResult::failed, ExitCode::disk_space);
const ItemReport not_there_yet = item(ItemResult::skipped, ExitCode::incompatible);

std::vector<Row> rows() {
  const auto failed = [](ExitCode code) { return item(ItemResult::failed, code); };
  return {
      {"all well", {good, good}, {}, {}, ExitCode::ok, RunStatus::success},
      {"a warning never changes the code", {good, warned()}, {}, {}, ExitCode::ok, RunStatus::warnings},
      {"salvaged is never 0", {good, salvaged()}, {}, {}, ExitCode::salvaged, RunStatus::warnings},
      {"a failure outranks what was salvaged",
       {salvaged(), damaged},
       {},
       policy(false),
       ExitCode::verification_failed,
       RunStatus::partial},
      {"skipped is not failed", {good, not_there_yet}, {}, {}, ExitCode::ok, RunStatus::success},
      {"nothing at all", {}, {}, {}, ExitCode::nothing_found, RunStatus::nothing_found},
      {"only skipped is never 0", {not_there_yet}, {}, {}, ExitCode::incompatible, RunStatus::nothing_found},
      {"one failure: its own code", {damaged}, {}, {}, ExitCode::verification_failed, RunStatus::failed},
      {"stopped at the first failure: its own code",
       {good, damaged},
       {},
       policy(false),
       ExitCode::verification_failed,
       RunStatus::partial},
      {"went on", {good, damaged}, {}, policy(true), ExitCode::partial, RunStatus::partial},
      {"went on, nothing worked: the worst",
       {damaged, full},
       {},
       policy(true),
       ExitCode::disk_space,
       RunStatus::failed},
      {"percent reached",
       {good, good, good, damaged},
       {},
       policy(true, 75.0),
       ExitCode::ok,
       RunStatus::partial},
      {"percent missed",
       {good, good, damaged},
       {},
       policy(true, 75.0),
       ExitCode::partial,
       RunStatus::partial},
      {"require-all overrides the percentage",
       {good, good, good, damaged},
       {},
       policy(true, 50.0, true),
       ExitCode::partial,
       RunStatus::partial},
      {"percent without continue-on-error",
       {good, good, good, damaged},
       {},
       policy(false, 50.0),
       ExitCode::verification_failed,
       RunStatus::partial},
      {"13 is never hidden",
       {good, failed(ExitCode::rollback_incomplete)},
       {},
       policy(true, 1.0),
       ExitCode::rollback_incomplete,
       RunStatus::partial},
      {"13 > 70",
       {failed(ExitCode::internal), failed(ExitCode::rollback_incomplete)},
       {},
       {},
       ExitCode::rollback_incomplete,
       RunStatus::failed},
      {"70 > 14",
       {failed(ExitCode::security), failed(ExitCode::internal)},
       {},
       {},
       ExitCode::internal,
       RunStatus::failed},
      {"14 > signal",
       {failed(ExitCode::interrupted), failed(ExitCode::security)},
       {},
       {},
       ExitCode::security,
       RunStatus::failed},
      {"signal > 12",
       {failed(ExitCode::server_failed), failed(ExitCode::interrupted)},
       {},
       {},
       ExitCode::interrupted,
       RunStatus::interrupted},
      {"a signal is not partial",
       {good, failed(ExitCode::interrupted)},
       {},
       policy(true, 1.0),
       ExitCode::interrupted,
       RunStatus::interrupted},
      {"12 > 2", {full, failed(ExitCode::server_failed)}, {}, {}, ExitCode::server_failed, RunStatus::failed},
      {"2 > 3", {damaged, full}, {}, {}, ExitCode::disk_space, RunStatus::failed},
      {"3 > 10",
       {failed(ExitCode::source_read), damaged},
       {},
       {},
       ExitCode::verification_failed,
       RunStatus::failed},
      {"10 > 1",
       {failed(ExitCode::connection), failed(ExitCode::source_read)},
       {},
       {},
       ExitCode::source_read,
       RunStatus::failed},
      {"1 > 11",
       {failed(ExitCode::timeout), failed(ExitCode::connection)},
       {},
       {},
       ExitCode::connection,
       RunStatus::failed},
      {"11 > 9",
       {failed(ExitCode::locked), failed(ExitCode::timeout)},
       {},
       {},
       ExitCode::timeout,
       RunStatus::failed},
      {"9 > 8",
       {failed(ExitCode::refused), failed(ExitCode::locked)},
       {},
       {},
       ExitCode::locked,
       RunStatus::failed},
      {"8 > 7",
       {failed(ExitCode::tool_missing), failed(ExitCode::refused)},
       {},
       {},
       ExitCode::refused,
       RunStatus::failed},
      {"7 > 6",
       {failed(ExitCode::incompatible), failed(ExitCode::tool_missing)},
       {},
       {},
       ExitCode::tool_missing,
       RunStatus::failed},
      {"6 > 5",
       {failed(ExitCode::nothing_found), failed(ExitCode::incompatible)},
       {},
       {},
       ExitCode::incompatible,
       RunStatus::failed},
      {"rolled back",
       {item(ItemResult::rolled_back, ExitCode::server_failed)},
       {},
       {},
       ExitCode::server_failed,
       RunStatus::rolled_back},
      {"an error of the run itself",
       {},
       {error_with(ExitCode::refused)},
       {},
       ExitCode::refused,
       RunStatus::failed},
  };
}

TEST(Settle, FollowsTheRulings) {
  for (const Row& row : rows()) {
    Report report;
    report.items = row.items;
    report.errors = row.errors;
    settle(report, row.policy);
    EXPECT_EQ(report.exit, row.exit) << row.why;
    EXPECT_EQ(report.status, row.status) << row.why;
  }
}

}  // namespace
}  // namespace recover::run
