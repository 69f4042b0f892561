// Whole runs on real files with an engine of the test: what is refused, what is kept, what is put back.
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/run/file_engine.hpp"

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace recover::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Run : public ::testing::Test {
 protected:
  Run() : world(box.path("w")) { fs::create_directories(box.path("w/place")); }
  ~Run() override { ::umount(box.path("w/place").c_str()); }

  Report execute() {
    auto plan = world.plan();
    if (!plan) {
      Report report;
      report.errors = {plan.error()};
      report.exit = plan.error().exit;
      return report;
    }
    return world.execute(*plan);
  }
  static std::string error_of(const Report& report) {
    if (!report.errors.empty()) return report.errors[0].id;
    return report.items.empty() || !report.items[0].error ? "" : report.items[0].error->id;
  }

  /// Directories beside the target: one that the run makes, one that belongs to the old data.
  std::pair<std::string, std::string> put_data_beside() {
    world.put_old_data();
    const std::string mine = world.target() + ".beside/01RUN";
    const std::string before = world.target() + ".beside/01BEFORE";
    for (const std::string& directory : {mine, before}) {
      fs::create_directories(directory);
      RunWorld::write(directory + "/table", "rows");
    }
    world.faults.facts = {{"made_beside", std::vector{mine}}, {"kept_beside", std::vector{before}}};
    return {mine, before};
  }

  Sandbox box;
  RunWorld world;
};

TEST_F(Run, CreatesWithEvidenceAndLeavesTheSourceAlone) {
  box.protect(world.source());
  const Report report = execute();
  ASSERT_EQ(report.exit, ExitCode::ok) << error_of(report);
  const ItemReport& item = report.items.at(0);
  EXPECT_EQ(item.result, ItemResult::created);
  EXPECT_EQ(item.state, ItemState::committed);
  EXPECT_EQ(item.rows, 3);
  EXPECT_EQ(item.bytes.count, 300006U);
  EXPECT_EQ(item.checks.size(), 2U) << "read back, and the engine's own";
  EXPECT_EQ(item.connect_line, "cat " + world.target() + "/control");
  EXPECT_TRUE(report.source_unchanged);
  EXPECT_EQ(report.source_digest.size(), 32U);
  EXPECT_EQ(world.control(), "new");
  const std::string directory = world.state.run("01RUN");
  for (const char* name : {"plan.json", "journal.jsonl", "report.json", "status.json"}) {
    EXPECT_TRUE(fs::exists(directory + "/" + name)) << name;
  }
  EXPECT_EQ(fs::status(world.state.runs()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(run::list_runs(world.state).at(0).status, "success");
  const Report again = execute();
  EXPECT_EQ(again.exit, ExitCode::ok) << "the same run again is already done";
  EXPECT_TRUE(
      run::verify_again("last", "quick", world.state, *world.catalog, *world.host, world.progress, {}));
}

TEST_F(Run, AFailedVerificationLeavesTheOldDataAndRemovesTheCopy) {
  world.put_old_data();
  world.faults.verification = true;
  const std::string before = tree_digest(world.target());
  const Report report = execute();
  EXPECT_EQ(report.exit, ExitCode::verification_failed);
  EXPECT_EQ(error_of(report), "verify.failed");
  EXPECT_EQ(tree_digest(world.target()), before);
  EXPECT_FALSE(fs::exists(world.target() + ".recover-01RUN"));
  world.faults.verification = false;
  auto resumed = world.resume();
  ASSERT_TRUE(resumed) << resumed.error().cause;
  EXPECT_EQ(resumed->exit, ExitCode::ok);
  EXPECT_EQ(world.control(), "new");
}

TEST_F(Run, KeepTempKeepsTheCopyForInspection) {
  world.faults.verification = true;
  world.policy.keep_temp = true;
  EXPECT_EQ(execute().items.at(0).state, ItemState::kept_for_inspection);
  EXPECT_EQ(content_of(world.target() + ".recover-01RUN/data/control"), "new");
}

TEST_F(Run, AServerThatDoesNotStartIsExchangedBack) {
  world.put_old_data();
  world.faults.start = true;
  const Report report = execute();
  EXPECT_EQ(report.exit, ExitCode::server_failed);
  EXPECT_EQ(report.status, RunStatus::rolled_back);
  EXPECT_EQ(report.items.at(0).result, ItemResult::rolled_back);
  EXPECT_EQ(world.control(), "old");
  EXPECT_EQ(content_of(world.target() + ".rolled-back-01RUN/control"), "new");
}

TEST_F(Run, WhenPuttingBackFailsItSaysWhereEverythingIs) {
  world.put_old_data();
  world.faults.start = true;
  RunWorld::write(world.target() + ".rolled-back-01RUN", "in the way");
  const Report report = execute();
  EXPECT_EQ(report.exit, ExitCode::rollback_incomplete);
  const Error& error = *report.items.at(0).error;
  EXPECT_EQ(error.id, "run.rollback_failed");
  EXPECT_EQ(text_fact(error.facts, "first_error"), "server.start_failed");
  EXPECT_THAT(error.cause, HasSubstr("cannot start"));
}

TEST_F(Run, RollbackPutsTheOldBackOnceAndCleanupRemovesTheRest) {
  world.put_old_data();
  ASSERT_EQ(execute().exit, ExitCode::ok);
  EXPECT_TRUE(run::cleanup(world.state, -1, false, *world.catalog, *world.host)->empty())
      << "it is still being kept";
  auto back = world.rollback();
  ASSERT_TRUE(back) << back.error().cause;
  EXPECT_EQ(back->status, RunStatus::rolled_back);
  EXPECT_EQ(world.control(), "old");
  EXPECT_EQ(world.rollback().error().id, "run.nothing_to_undo");
  auto removed = run::cleanup(world.state, 0, false, *world.catalog, *world.host);
  ASSERT_TRUE(removed);
  ASSERT_EQ(removed->size(), 1U);
  EXPECT_EQ(removed->at(0).what, "rolled-back data");
  EXPECT_FALSE(fs::exists(world.target() + ".rolled-back-01RUN"));
  EXPECT_EQ(world.control(), "old");
}

TEST_F(Run, OldDataThatWasCleanedCannotBeRolledBack) {
  world.put_old_data();
  ASSERT_EQ(execute().exit, ExitCode::ok);
  EXPECT_EQ(run::cleanup(world.state, 0, true, *world.catalog, *world.host)->size(), 1U);
  ASSERT_EQ(run::cleanup(world.state, 0, false, *world.catalog, *world.host)->size(), 1U);
  EXPECT_EQ(world.rollback().error().id, "run.nothing_to_undo");
  EXPECT_EQ(world.control(), "new");
}

/// What lies outside the data directory but belongs to it (PostgreSQL's tablespaces) lives as long as the
/// data.
TEST_F(Run, CleanupRemovesWhatLiesBesideTheDataTogetherWithIt) {
  const auto [mine, before] = put_data_beside();
  ASSERT_EQ(execute().exit, ExitCode::ok);
  EXPECT_EQ(run::cleanup(world.state, 0, true, *world.catalog, *world.host)->size(), 2U);
  EXPECT_TRUE(fs::exists(before + "/table")) << "a dry run removes nothing";
  ASSERT_EQ(run::cleanup(world.state, 0, false, *world.catalog, *world.host)->size(), 2U);
  EXPECT_FALSE(fs::exists(before));
  EXPECT_TRUE(fs::exists(mine + "/table")) << "it belongs to the present data";
}

TEST_F(Run, CleanupOfRolledBackDataRemovesWhatItsRunMadeBeside) {
  const auto [mine, before] = put_data_beside();
  ASSERT_EQ(execute().exit, ExitCode::ok);
  ASSERT_TRUE(world.rollback());
  ASSERT_EQ(run::cleanup(world.state, 0, false, *world.catalog, *world.host)->size(), 2U);
  EXPECT_FALSE(fs::exists(mine));
  EXPECT_TRUE(fs::exists(before + "/table")) << "it belongs to the data that is back";
}

TEST_F(Run, TwoRunsOnOneTargetExcludeEachOther) {
  Report inner;
  world.faults.during_verification = [&] {
    world.faults.during_verification = nullptr;
    RunWorld& outer = world;
    outer.wishes.run = "02RUN";
    inner = execute();
  };
  EXPECT_EQ(execute().exit, ExitCode::ok);
  EXPECT_EQ(inner.exit, ExitCode::locked);
  EXPECT_EQ(error_of(inner), "lock.held");
}

TEST_F(Run, AChangedSourceIsNotResumed) {
  world.faults.verification = true;
  ASSERT_EQ(execute().exit, ExitCode::verification_failed);
  RunWorld::write(world.source() + "/db/base/2", "TWO, and more");
  auto resumed = world.resume();
  ASSERT_FALSE(resumed);
  EXPECT_EQ(resumed.error().id, "plan.source_changed");
  EXPECT_FALSE(fs::exists(world.target()));
}

TEST_F(Run, ADumpIsLoadedFromTheSourceAlsoByALaterProcess) {
  RunWorld::write(world.source() + "/dump", "new");
  box.protect(world.source());
  world.faults.loads_dump = true;
  std::stop_source stop;
  world.cancel = CancellationToken(stop.get_token());
  world.faults.during_verification = [&] { stop.request_stop(); };
  const Report begun = execute();
  EXPECT_EQ(begun.exit, ExitCode::interrupted) << error_of(begun);
  EXPECT_TRUE(world.faults.had_source.at("load"));
  RunWorld later(box.path("w"));
  auto resumed = later.resume();
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->exit, ExitCode::ok) << error_of(*resumed);
  EXPECT_EQ(world.control(), "new");
  EXPECT_TRUE(world.faults.had_source.at("verify"));
  EXPECT_TRUE(later.faults.had_source.at("start"));
  ASSERT_TRUE(later.rollback());
  EXPECT_FALSE(later.faults.had_source.at("stop")) << "undoing never reads the source";
}

TEST_F(Run, AChangedDumpIsNotLoaded) {
  RunWorld::write(world.source() + "/dump", "new");
  world.faults.loads_dump = true;
  auto plan = world.plan();
  ASSERT_TRUE(plan);
  RunWorld::write(world.source() + "/dump", "newer");
  EXPECT_EQ(error_of(world.execute(*plan)), "plan.source_changed");
  fs::remove(world.source() + "/dump");
  EXPECT_EQ(error_of(world.execute(*plan)), "plan.source_changed");
  EXPECT_FALSE(world.faults.had_source.contains("load"));
}

TEST_F(Run, AnInterruptionKeepsTheStagedCopyForResume) {
  std::stop_source stop;
  world.cancel = CancellationToken(stop.get_token());
  world.faults.during_verification = [&] { stop.request_stop(); };
  const Report report = execute();
  EXPECT_EQ(report.exit, ExitCode::interrupted);
  EXPECT_EQ(report.status, RunStatus::interrupted);
  EXPECT_TRUE(fs::exists(world.target() + ".recover-01RUN/data/control"));
  world.cancel = {};
  world.faults.during_verification = nullptr;
  auto resumed = world.resume();
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->exit, ExitCode::ok);
  EXPECT_EQ(resumed->resumed_from, "01RUN");
}

TEST_F(Run, AFullDiskIsAnErrorOfItsOwnAndResumesWithSpace) {
  ASSERT_EQ(::mount("tmpfs", box.path("w/place").c_str(), "tmpfs", 0, "size=200k"), 0)
      << "needs root to mount";
  world.scanned.survey.findings[0].size.logical = Bytes{1};  // so that preflight lets it pass
  const Report report = execute();
  EXPECT_EQ(report.exit, ExitCode::disk_space);
  EXPECT_EQ(error_of(report), "disk.full");
  EXPECT_FALSE(fs::exists(world.target()));
  EXPECT_FALSE(fs::exists(world.target() + ".recover-01RUN"));
  ASSERT_EQ(::mount("tmpfs", box.path("w/place").c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
  auto resumed = world.resume();
  ASSERT_TRUE(resumed) << resumed.error().cause;
  EXPECT_EQ(resumed->exit, ExitCode::ok);
}

TEST_F(Run, PreflightRefusesBeforeAnythingIsChanged) {
  world.policy.min_free = std::uint64_t{1} << 60;
  EXPECT_EQ(error_of(execute()), "disk.not_enough_space");
  world.policy.min_free = 0;
  world.wishes.run = "02RUN";
  world.wishes.target_directory = world.source() + "/inside";
  EXPECT_EQ(error_of(execute()), "target.inside_source");
  world.wishes.run = "03RUN";
  world.wishes.target_directory = world.root;
  EXPECT_EQ(error_of(execute()), "target.inside_source") << "the source would be moved away with it";
  EXPECT_TRUE(fs::is_empty(box.path("w/place")));
  world.wishes.run = "04RUN";
  world.wishes.target_directory = world.target();
  RunWorld::write(world.target() + "/holiday.jpg", "x");
  EXPECT_EQ(error_of(execute()), "target.not_empty");
  EXPECT_EQ(content_of(world.target() + "/holiday.jpg"), "x");
}

TEST_F(Run, AReadOnlyTargetIsRefused) {
  ASSERT_EQ(::mount("tmpfs", box.path("w/place").c_str(), "tmpfs", MS_RDONLY, nullptr), 0)
      << "needs root to mount";
  const Report report = execute();
  EXPECT_EQ(report.exit, ExitCode::connection);
  EXPECT_EQ(error_of(report), "target.not_writable");
}

TEST_F(Run, AnUnknownAccountIsRefused) {
  auto plan = world.plan();
  ASSERT_TRUE(plan);
  plan->plans[0].target.run_as = "no-such-user";
  EXPECT_EQ(error_of(world.execute(*plan)), "target.no_account");
}

TEST_F(Run, AStateDirectoryInsideTheSourceIsRefused) {
  auto plan = world.plan();
  ASSERT_TRUE(plan);
  box.protect(world.source());
  world.state.path = world.source() + "/state";
  EXPECT_EQ(error_of(world.execute(*plan)), "target.inside_source");
}

TEST_F(Run, PrivateInstancesAreRecordedAndReplacedAndRemoved) {
  world.wishes.target_directory.clear();
  ASSERT_EQ(execute().exit, ExitCode::ok);
  auto listed = run::list_instances(world.state, *world.catalog, *world.host);
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].name, "f-1");
  EXPECT_FALSE(listed[0].running);
  EXPECT_TRUE(run::start_instance("f-1", world.state, *world.catalog, *world.host, {}));
  EXPECT_THAT(*run::systemd_unit("f-1", world.state, *world.catalog, *world.host),
              HasSubstr("instance start f-1"));
  EXPECT_EQ(run::stop_instance("../f-1", world.state, *world.catalog, *world.host, {}).error().id,
            "instance.not_found");
  ASSERT_TRUE(run::remove_instance("f-1", world.state, *world.catalog, *world.host, {}));
  EXPECT_TRUE(run::list_instances(world.state, *world.catalog, *world.host).empty());
}

TEST_F(Run, TheNewestGoodCopyIsChosenAndTheOthersAreTold) {
  auto& findings = world.scanned.survey.findings;
  fs::copy(world.source() + "/db", world.source() + "/older", fs::copy_options::recursive);
  fs::copy(world.source() + "/db", world.source() + "/torn", fs::copy_options::recursive);
  findings = {RunWorld::finding("f-1", "older"), RunWorld::finding("f-2", "db"),
              RunWorld::finding("f-3", "torn")};
  for (Finding& finding : findings) finding.identity = "7434";
  findings[0].content_time = 1000;
  findings[1].content_time = 2000;
  findings[2].content_time = 3000;
  findings[2].health.state = HealthState::torn;
  auto plan = world.plan();
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->plans.size(), 1U);
  EXPECT_EQ(plan->plans[0].id, "f-2");
  ASSERT_EQ(plan->skipped.size(), 2U);
  for (const auto& skipped : plan->skipped) {
    EXPECT_THAT(skipped.reason.cause, HasSubstr("f-2"));
    EXPECT_FALSE(skipped.is_failure);
  }
  world.selection.ids = {"f-3"};
  EXPECT_EQ(world.plan()->plans.at(0).id, "f-3");
  world.selection.ids = {"f-9"};
  EXPECT_EQ(world.plan().error().id, "scan.nothing_selected");
  world.selection.ids = {"f-1", "f-2"};
  EXPECT_EQ(world.plan().error().id, "usage.invalid") << "one --target-dir for two";
}

TEST_F(Run, AMissingStrategyFailsOnlyWhereTheEngineWasNamed) {
  world.faults.has_strategy = false;
  auto plan = world.plan();
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->skipped.at(0).is_failure);
  world.selection.engines = {"filedb"};
  plan = world.plan();
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->skipped.at(0).is_failure);
  EXPECT_EQ(world.execute(*plan).exit, ExitCode::incompatible);
  world.selection.engines = {"other"};
  EXPECT_EQ(world.plan().error().id, "scan.nothing_selected");
}

TEST_F(Run, RunsAreFoundByPrefixAndLast) {
  ASSERT_EQ(execute().exit, ExitCode::ok);
  EXPECT_EQ(*run::find_run("last", world.state), "01RUN");
  EXPECT_EQ(*run::find_run("01r", world.state), "01RUN");
  EXPECT_EQ(run::find_run("zz", world.state).error().id, "run.not_found");
  EXPECT_THAT(*run::stored_report("last", world.state), HasSubstr("recover.report/1"));
  const std::string id = run::make_run_id();
  EXPECT_EQ(id.size(), 26U);
  EXPECT_NE(id, run::make_run_id());
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_LT(id, run::make_run_id()) << "\"last\" is the later one of the same second";
}

}  // namespace
}  // namespace recover::test
