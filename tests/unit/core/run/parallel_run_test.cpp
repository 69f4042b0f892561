// Several items of one run at the same time: they really overlap, each keeps its own journal lines and
// display, the report keeps the order of the plan, and a failure of one is no failure of the other.
#include "core/run/journal.hpp"
#include "core/run/records.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/run/file_engine.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace recover::test {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// Lets nobody through before `count` have come; false when somebody waited in vain.
class Meeting {
 public:
  explicit Meeting(unsigned count) : missing_(count) {}
  bool arrive() {
    std::unique_lock lock(mutex_);
    if (--missing_ == 0) met_.notify_all();
    return met_.wait_for(lock, std::chrono::seconds(60), [this] { return missing_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable met_;
  unsigned missing_;
};

class ParallelRun : public ::testing::Test {
 protected:
  ParallelRun() : world(box.path("w")) {
    for (const char* name : {"a", "b", "c"}) {
      RunWorld::write(world.source() + "/" + name + "/control", "new");
      RunWorld::write(world.source() + "/" + name + "/base/1", std::string(1000, *name));
    }
    world.scanned.survey.findings = {RunWorld::finding("f-a", "a"), RunWorld::finding("f-b", "b"),
                                     RunWorld::finding("f-c", "c")};
    world.wishes.target_directory.clear();  // each has a private place of its own
  }

  std::vector<std::string> ids(const Report& report) const {
    std::vector<std::string> all;
    for (const ItemReport& item : report.items) all.push_back(item.id);
    return all;
  }
  [[nodiscard]] std::string control(const std::string& id) const {
    return content_of(world.state.instances() + "/" + id + "/data/control");
  }

  Sandbox box;
  RunWorld world;
};

TEST_F(ParallelRun, ItemsOverlapAndTheReportKeepsTheirOrder) {
  world.policy.parallel_items = 3;
  Meeting meeting(3);
  std::atomic<int> in_vain{0};
  world.faults.during_verification = [&] { in_vain += meeting.arrive() ? 0 : 1; };
  std::mutex mutex;
  std::set<std::string> told;
  world.observer.item_ends = [&](const ItemReport& item) {
    const std::scoped_lock lock(mutex);
    told.insert(item.id);
  };
  const auto plan = world.plan();
  ASSERT_TRUE(plan) << plan.error().cause;
  const Report report = world.execute(*plan);
  EXPECT_EQ(in_vain, 0) << "the three verifications never ran at the same time";
  EXPECT_EQ(report.exit, ExitCode::ok);
  EXPECT_THAT(ids(report), ElementsAre("f-a", "f-b", "f-c"));
  EXPECT_THAT(told, UnorderedElementsAre("f-a", "f-b", "f-c"));
  for (const char* id : {"f-a", "f-b", "f-c"}) EXPECT_EQ(control(id), "new") << id;
  const auto journal = run::read_journal(world.state.run("01RUN") + "/journal.jsonl");
  ASSERT_TRUE(journal) << journal.error().cause;
  for (const Plan& one : plan->plans) {
    EXPECT_TRUE(journal->has(run::Event::committed, one.id));
    for (const Step& step : one.steps) {
      EXPECT_EQ(journal->state_of(one.id, step.id), run::StepState::done) << one.id << " " << step.id;
    }
  }
}

TEST_F(ParallelRun, EachItemHasItsOwnDisplay) {
  class Counted final : public Progress {
   public:
    Counted(std::string id, std::atomic<int>* strangers) : id_(std::move(id)), strangers_(strangers) {}
    void begin(const std::string& item, const std::string&, Bytes) override {
      if ("f-" + item != id_) ++*strangers_;
    }
    void advance(Bytes) override {}
    void detail(const std::string&) override {}
    void end() override {}

   private:
    std::string id_;
    std::atomic<int>* strangers_;
  };
  world.policy.parallel_items = 2;
  std::atomic<int> strangers{0};
  std::atomic<int> lanes{0};
  world.observer.progress_of = [&](const Plan& plan) {
    ++lanes;
    return std::make_unique<Counted>(plan.id, &strangers);
  };
  EXPECT_EQ(world.execute(world.plan().value()).exit, ExitCode::ok);
  EXPECT_EQ(lanes, 3);
  EXPECT_EQ(strangers, 0);
}

TEST_F(ParallelRun, AfterAFailureNothingNewBeginsUnlessAsked) {
  world.policy.parallel_items = 2;
  world.faults.verification = true;
  Meeting meeting(2);
  std::atomic<int> verified{0};
  world.faults.during_verification = [&] {
    // The first two meet here, so that both are under way when the first one fails.
    if (++verified <= 2) static_cast<void>(meeting.arrive());
  };
  const Report report = world.execute(world.plan().value());
  EXPECT_EQ(verified, 2) << "the third one was begun after a failure";
  EXPECT_EQ(report.exit, ExitCode::verification_failed);
  ASSERT_EQ(report.items.size(), 3U);
  EXPECT_FALSE(report.items[2].error);
  EXPECT_THAT(report.items[2].warnings, ElementsAre("not attempted, because the run ended before"));

  world.wishes.run = "02RUN";
  world.policy.continue_on_error = true;
  world.faults.during_verification = [&] { ++verified; };
  verified = 0;
  EXPECT_EQ(world.execute(world.plan().value()).items.size(), 3U);
  EXPECT_EQ(verified, 3);
}

TEST_F(ParallelRun, CancellingStopsAllThatIsUnderWay) {
  world.policy.parallel_items = 2;
  std::stop_source stop;
  world.cancel = CancellationToken(stop.get_token());
  Meeting meeting(2);
  world.faults.during_verification = [&] {
    static_cast<void>(meeting.arrive());
    stop.request_stop();
  };
  const Report report = world.execute(world.plan().value());
  ASSERT_EQ(report.items.size(), 3U);
  for (const int number : {0, 1}) {
    ASSERT_TRUE(report.items[static_cast<std::size_t>(number)].error);
    EXPECT_EQ(report.items[static_cast<std::size_t>(number)].error->id, "run.cancelled");
  }
  world.cancel = {};
  world.faults.during_verification = nullptr;
  const auto resumed = world.resume();
  ASSERT_TRUE(resumed) << resumed.error().cause;
  EXPECT_EQ(resumed->exit, ExitCode::ok);
  for (const char* id : {"f-a", "f-b", "f-c"}) EXPECT_EQ(control(id), "new") << id;
}

TEST_F(ParallelRun, OneItemCanBeRolledBackAlone) {
  ASSERT_EQ(world.execute(world.plan().value()).exit, ExitCode::ok);
  const auto unknown = world.rollback({"f-x"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().id, "scan.nothing_selected");
  const auto back = world.rollback({"f-b"});
  ASSERT_TRUE(back) << back.error().cause;
  EXPECT_THAT(ids(*back), ElementsAre("f-b"));
  EXPECT_EQ(control("f-a"), "new");
  EXPECT_EQ(control("f-b"), "");
  EXPECT_EQ(run::list_runs(world.state).at(0).status, "success") << "the others are still there";
  EXPECT_EQ(world.rollback({"f-b"}).error().id, "run.nothing_to_undo");
  ASSERT_TRUE(world.rollback());
  EXPECT_EQ(run::list_runs(world.state).at(0).status, "rolled_back");
  EXPECT_EQ(control("f-a"), "");
}

TEST_F(ParallelRun, EveryStepCanBeLookedAt) {
  ASSERT_EQ(world.execute(world.plan().value()).exit, ExitCode::ok);
  const auto steps = run::steps_of("last", world.state);
  ASSERT_TRUE(steps) << steps.error().cause;
  ASSERT_GE(steps->size(), 9U);
  for (const auto& step : *steps) EXPECT_EQ(step.state, "done") << step.item << " " << step.step;
  EXPECT_EQ(run::steps_of("nothing", world.state).error().id, "run.not_found");
}

}  // namespace
}  // namespace recover::test
