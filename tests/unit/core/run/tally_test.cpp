// Counting over real records: runs of the file engine, rolled back, failed and killed, and restore tests.
#include "core/run/tally.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/run/file_engine.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace recover::test {
namespace {

namespace fs = std::filesystem;

class TallyOfRuns : public ::testing::Test {
 protected:
  TallyOfRuns() : world(box.path("w")) { fs::create_directories(box.path("w/place")); }

  Report execute() {
    auto plan = world.plan();
    EXPECT_TRUE(plan);
    return world.execute(*plan);
  }
  run::Tally tally() { return run::tally_of(world.state, std::nullopt); }

  Sandbox box;
  RunWorld world;
};

TEST_F(TallyOfRuns, NothingOnRecordIsNothingKnown) {
  const run::Tally none = run::tally_of({box.path("nowhere")}, std::nullopt);
  EXPECT_TRUE(none.runs.empty());
  EXPECT_FALSE(none.last);
  EXPECT_EQ(none.last_success, 0);
}

TEST_F(TallyOfRuns, ASuccessIsCountedWithItsNumbers) {
  const Report report = execute();
  ASSERT_EQ(report.exit, ExitCode::ok);
  const run::Tally counted = tally();
  EXPECT_EQ(counted.runs.at(report.status), 1U);
  EXPECT_EQ(counted.last_success, report.finished);
  ASSERT_TRUE(counted.last);
  EXPECT_EQ(counted.last->run, report.run);
  ASSERT_EQ(counted.databases.size(), 1U);
  const run::DatabaseTally& database = counted.databases.begin()->second;
  EXPECT_EQ(database.succeeded, 1U);
  EXPECT_EQ(database.rows, 3);
  EXPECT_EQ(database.bytes.count, 300006U);
}

TEST_F(TallyOfRuns, OldDataThatIsKeptIsMeasured) {
  world.put_old_data();
  ASSERT_EQ(execute().exit, ExitCode::ok);
  EXPECT_GT(tally().kept_old.count, 0U);
}

TEST_F(TallyOfRuns, ARolledBackRunIsNoSuccessAnyMore) {
  ASSERT_EQ(execute().exit, ExitCode::ok);
  ASSERT_TRUE(world.rollback());
  const run::Tally counted = tally();
  EXPECT_EQ(counted.runs.at(RunStatus::rolled_back), 1U);
  EXPECT_EQ(counted.last_success, 0);
  EXPECT_EQ(counted.databases.begin()->second.rolled_back, 1U);
  EXPECT_EQ(counted.databases.begin()->second.succeeded, 0U);
}

TEST_F(TallyOfRuns, AFailureIsCountedWithItsError) {
  world.faults.verification = true;
  ASSERT_NE(execute().exit, ExitCode::ok);
  const run::Tally counted = tally();
  EXPECT_EQ(counted.databases.begin()->second.failed, 1U);
  EXPECT_EQ(counted.errors.at("verify.failed"), 1U);
  EXPECT_EQ(counted.last_success, 0);
}

TEST_F(TallyOfRuns, ARunWithoutAReportWasInterrupted) {
  ASSERT_EQ(execute().exit, ExitCode::ok);
  fs::remove(world.state.run("01RUN") + "/report.json");
  EXPECT_EQ(tally().runs.at(RunStatus::interrupted), 1U);
}

TEST_F(TallyOfRuns, ThePresentRunIsTheLastEvenWithoutARecord) {
  ASSERT_EQ(execute().exit, ExitCode::ok);
  Report present;
  present.run = "01LATER";
  present.exit = ExitCode::nothing_found;
  const run::Tally counted = run::tally_of(world.state, present);
  EXPECT_EQ(counted.last->run, "01LATER");
  EXPECT_EQ(counted.runs.size(), 1U) << "only what is on record is counted";
}

TEST_F(TallyOfRuns, RestoreTestsAreRememberedAndATornLineIsPassedOver) {
  ASSERT_TRUE(run::record_test(world.state, {1000, "", true, 3, 2.5}, *world.host));
  ASSERT_TRUE(run::record_test(world.state, {2000, "nas", false, 0, 1}, *world.host));
  const std::string ledger = world.state.path + "/restore-tests.jsonl";
  fs::resize_file(ledger, fs::file_size(ledger) - 10);
  ASSERT_TRUE(run::record_test(world.state, {3000, "", false, 1, 9}, *world.host));
  ASSERT_EQ(run::recorded_tests(world.state).size(), 2U);
  const run::Tally counted = tally();
  const run::TestTally& tests = counted.tests.at("");
  EXPECT_EQ(tests.passed, 1U);
  EXPECT_EQ(tests.failed, 1U);
  EXPECT_EQ(tests.last_passed, 1000);
  EXPECT_EQ(tests.last_seconds, 9);
}

}  // namespace
}  // namespace recover::test
