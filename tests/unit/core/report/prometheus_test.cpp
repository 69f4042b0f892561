// The metrics file: well-formed for a strict reader whatever the databases are called, and silent about what
// nobody knows.
#include "core/report/prometheus.hpp"
#include "tests/support/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recover::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

run::DatabaseTally restored(std::int64_t when) {
  run::DatabaseTally database;
  database.succeeded = 1;
  database.last_success = when;
  database.seconds = 4;
  database.bytes = Bytes{4000};
  database.rows = 70;
  return database;
}

test::Exposition exposed(const run::Tally& tally, const MetricsForm& form = {}) {
  const std::string text = metrics_text(tally, form);
  test::Exposition read = test::read_exposition(text);
  EXPECT_THAT(read.objections, IsEmpty()) << text;
  return read;
}

TEST(Prometheus, AnEmptyHistoryHasNoTimesAndNoLastRun) {
  const auto read = exposed({});
  EXPECT_EQ(read.value("recover_runs_total{status=\"success\"}"), 0);
  EXPECT_EQ(read.value("recover_build_info{version=\"" RECOVER_VERSION "\"}"), 1);
  for (const auto& [series, value] : read.samples) {
    EXPECT_THAT(series, Not(HasSubstr("timestamp"))) << value;
    EXPECT_THAT(series, Not(HasSubstr("last_run")));
    EXPECT_THAT(series, Not(HasSubstr("verify")));
  }
}

TEST(Prometheus, RunsDatabasesTestsAndErrorsAreTold) {
  run::Tally tally;
  tally.runs = {{RunStatus::success, 3}, {RunStatus::rolled_back, 1}};
  tally.databases[{"postgresql", "app"}] = restored(1700000000);
  tally.databases[{"postgresql", "app"}].failed = 2;
  tally.errors = {{"dump.truncated", 2}};
  tally.tests = {{"", {2, 1, 1700000100, 12.5, 3}}, {"nas", {0, 1, 0, 8, 0}}};
  tally.last_success = 1700000000;
  tally.last.emplace();
  tally.last->exit = ExitCode::partial;
  tally.last->finished = 1700000200;
  const auto read = exposed(tally);
  EXPECT_EQ(read.value("recover_runs_total{status=\"success\"}"), 3);
  EXPECT_EQ(read.value("recover_rollbacks_total"), 1);
  EXPECT_EQ(read.value("recover_last_run_exit_code"), 4);
  EXPECT_EQ(read.value("recover_last_run_timestamp_seconds"), 1700000200);
  EXPECT_EQ(read.value("recover_last_success_timestamp_seconds"), 1700000000);
  const std::string app = "{engine=\"postgresql\",database=\"app\"";
  EXPECT_EQ(read.value("recover_restore_total" + app + ",status=\"success\"}"), 1);
  EXPECT_EQ(read.value("recover_restore_total" + app + ",status=\"failure\"}"), 2);
  EXPECT_EQ(read.value("recover_restore_throughput_bytes_per_second" + app + "}"), 1000);
  EXPECT_EQ(read.value("recover_restore_restored_rows" + app + "}"), 70);
  EXPECT_EQ(read.value("recover_errors_total{code=\"dump.truncated\"}"), 2);
  EXPECT_EQ(read.value("recover_verify_test_total{status=\"failure\"}"), 1);
  EXPECT_EQ(read.value("recover_verify_last_success_timestamp_seconds"), 1700000100);
  EXPECT_FALSE(read.has("recover_verify_last_success_timestamp_seconds{source=\"nas\"}"));
}

TEST(Prometheus, ADatabaseThatWasNeverRestoredHasNoDuration) {
  run::Tally tally;
  tally.databases[{"mysql", "shop"}].failed = 1;
  const auto read = exposed(tally);
  EXPECT_EQ(read.value("recover_restore_total{engine=\"mysql\",database=\"shop\",status=\"failure\"}"), 1);
  EXPECT_FALSE(read.has("recover_restore_duration_seconds{engine=\"mysql\",database=\"shop\"}"));
  EXPECT_FALSE(read.has("recover_restore_restored_bytes{engine=\"mysql\",database=\"shop\"}"));
}

TEST(Prometheus, NamesAreEscapedAndPathsAreCut) {
  run::Tally tally;
  tally.databases[{"x", "quote\" back\\slash line\nfeed \xff end"}] = restored(1);
  tally.databases[{"x", "/mnt/secret place/db"}] = restored(2);
  tally.databases[{"x", "/mnt/other/db"}] = restored(3);
  tally.databases[{"x", "/"}] = restored(4);
  const std::string text = metrics_text(tally, {});
  EXPECT_THAT(test::read_exposition(text).objections, IsEmpty()) << text;
  EXPECT_THAT(text, HasSubstr("quote\\\" back\\\\slash line"));
  EXPECT_THAT(text, Not(HasSubstr("/mnt")));
  EXPECT_THAT(text, HasSubstr("recover_restore_total{engine=\"x\",database=\"db\",status=\"success\"} 2\n"));
}

TEST(Prometheus, TheLabelsOfDatabasesAreLimited) {
  run::Tally tally;
  for (int i = 0; i < 10; ++i) tally.databases[{"x", "db" + std::to_string(i)}] = restored(100 + i);
  const auto read = exposed(tally, {true, 2});
  EXPECT_EQ(read.value("recover_restore_total{engine=\"x\",database=\"db9\",status=\"success\"}"), 1);
  EXPECT_EQ(read.value("recover_restore_total{engine=\"x\",database=\"_other\",status=\"success\"}"), 8);
  EXPECT_FALSE(read.has("recover_restore_total{engine=\"x\",database=\"db7\",status=\"success\"}"));
  EXPECT_FALSE(read.has("recover_restore_duration_seconds{engine=\"x\",database=\"_other\"}"));
}

TEST(Prometheus, WithoutDatabasesThereIsOneSeriesPerEngine) {
  run::Tally tally;
  tally.databases[{"x", "a"}] = restored(1);
  tally.databases[{"x", "b"}] = restored(2);
  const auto read = exposed(tally, {false, 200});
  EXPECT_EQ(read.value("recover_restore_total{engine=\"x\",status=\"success\"}"), 2);
  EXPECT_EQ(read.value("recover_restore_last_success_timestamp_seconds{engine=\"x\"}"), 2);
  EXPECT_FALSE(read.has("recover_restore_duration_seconds{engine=\"x\"}"));
}

}  // namespace
}  // namespace recover::report
