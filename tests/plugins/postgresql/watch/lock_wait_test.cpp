// Waits for locks as values: their words, and what is done about them.
#include "postgresql/watch/lock_wait.hpp"

#include "postgresql/watch/activity.hpp"

#include <gmock/gmock.h>

namespace recover::postgresql::watch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

LockWait waiting(double seconds) {
  return {77,
          "app",
          "AccessExclusiveLock",
          "ALTER DATABASE app RENAME TO app__old",
          seconds,
          {{4711, "shop", "psql", "idle in transaction", "begin;\nlock table orders", 312}}};
}

std::string state_of(const Notice& notice) {
  return text_fact(notice.facts, "state");
}

TEST(LockWaitText, SaysHowLongForWhatAndForWhom) {
  const LockLimits limits{60, LockAction::fail};
  EXPECT_EQ(
      wait_text(waiting(17), limits),
      "Waiting for exclusive lock (17 seconds), held by pid 4711 (psql, user shop, idle in transaction for "
      "312 s): begin; lock table orders");
  EXPECT_THAT(wait_text(waiting(43), limits), HasSubstr("approaching (43/60)"));
  EXPECT_THAT(wait_text(waiting(17), limits), Not(HasSubstr("approaching")));
  EXPECT_THAT(wait_text(waiting(4300), {0, LockAction::wait}), Not(HasSubstr("approaching")));
  LockWait shared = waiting(2);
  shared.mode = "ShareRowExclusiveLock";
  shared.blockers.push_back({4712, "", "", "", "", 1});
  EXPECT_THAT(wait_text(shared, limits),
              AllOf(HasSubstr("Waiting for share row exclusive lock (2 seconds)"), HasSubstr("and 1 more")));
}

TEST(LockWaitText, IsOneShortLine) {
  LockWait wait = waiting(1);
  wait.blockers[0].query = std::string(1000, 'x') + "\n\tsecret";
  const std::string text = wait_text(wait, {});
  EXPECT_LT(text.size(), 300U);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(LockDecision, FollowsTimeoutAndAction) {
  EXPECT_EQ(decide(waiting(59), {60, LockAction::fail}), Decision::go_on);
  EXPECT_EQ(decide(waiting(60), {60, LockAction::fail}), Decision::fail);
  EXPECT_EQ(decide(waiting(60), {60, LockAction::terminate}), Decision::terminate);
  EXPECT_EQ(decide(waiting(6000), {60, LockAction::wait}), Decision::go_on);
  EXPECT_EQ(decide(waiting(6000), {0, LockAction::fail}), Decision::go_on) << "0 is without end";
}

TEST(LockDecision, APreparedTransactionCannotBeTerminated) {
  LockWait wait = waiting(60);
  wait.blockers = {{0, "", "", "", "held-by-app", 0}};
  EXPECT_EQ(decide(wait, {60, LockAction::terminate}), Decision::fail);
  EXPECT_THAT(lock_timeout_error(wait, {60, LockAction::terminate}).cause,
              HasSubstr("a prepared transaction: held-by-app"));
}

TEST(LockDecision, AnUnknownWordFails) {
  EXPECT_EQ(lock_action("wait"), LockAction::wait);
  EXPECT_EQ(lock_action("terminate"), LockAction::terminate);
  EXPECT_EQ(lock_action("fail"), LockAction::fail);
  EXPECT_EQ(lock_action(""), LockAction::fail);
}

TEST(LockTimeout, IsExitNineAndNamesTheBlocker) {
  const Error error = lock_timeout_error(waiting(60), {60, LockAction::fail});
  EXPECT_EQ(error.id, "postgresql.lock_timeout");
  EXPECT_EQ(static_cast<int>(error.exit), 9);
  EXPECT_THAT(error.cause, AllOf(HasSubstr("pid 4711"), HasSubstr("psql"), HasSubstr("user shop"),
                                 HasSubstr("begin; lock table orders")));
  EXPECT_EQ(number_fact(error.facts, "blocker_pid"), 4711);
}

TEST(LockHistory, MeasuresAWaitAndTellsItsEnd) {
  LockHistory history({60, LockAction::fail});
  EXPECT_TRUE(history.update({}, 100).empty());
  EXPECT_TRUE(history.notices().empty());
  EXPECT_EQ(history.update({waiting(0)}, 101).at(0).seconds, 0);
  EXPECT_EQ(state_of(history.notices().at(0)), "waiting");
  EXPECT_EQ(history.update({waiting(0)}, 118).at(0).seconds, 17);
  EXPECT_THAT(history.notices().at(0).text, HasSubstr("(17 seconds)"));
  static_cast<void>(history.update({waiting(0)}, 144));
  EXPECT_EQ(state_of(history.notices().at(0)), "approaching");
  EXPECT_TRUE(history.update({}, 150).empty());
  ASSERT_EQ(history.notices().size(), 2U);
  EXPECT_EQ(history.notices()[0].text, "Exclusive lock acquired after 49 s");
  EXPECT_EQ(state_of(history.notices()[0]), "acquired");
  EXPECT_TRUE(history.notices()[1].text.empty()) << "it goes out of sight";
  static_cast<void>(history.update({}, 151));
  EXPECT_TRUE(history.notices().empty());
}

TEST(LockHistory, AnotherLockIsAnotherWait) {
  LockHistory history({});
  static_cast<void>(history.update({waiting(0)}, 0));
  LockWait other = waiting(0);
  other.mode = "ShareLock";
  EXPECT_EQ(history.update({other}, 30).at(0).seconds, 0);
}

TEST(LockHistory, TellsTheLongestWait) {
  LockHistory history({});
  static_cast<void>(history.update({waiting(0)}, 0));
  LockWait second = waiting(0);
  second.pid = 78;
  second.database = "billing";
  static_cast<void>(history.update({second, waiting(0)}, 5));
  ASSERT_EQ(history.notices().size(), 1U);
  EXPECT_EQ(text_fact(history.notices()[0].facts, "database"), "app");
}

TEST(LockRows, OfOneSessionAreOneWait) {
  const Rows rows{
      {"77", "app", "ALTER TABLE t", "AccessExclusiveLock", "1", "u", "a", "active", "select 1", "3"},
      {"77", "app", "ALTER TABLE t", "AccessExclusiveLock", "2", "u", "a", std::nullopt, "q", std::nullopt},
      {"78", "app", "DROP TABLE t", std::nullopt, "0", "", "", std::nullopt, "gid", std::nullopt}};
  const auto waits = waits_of(rows);
  ASSERT_EQ(waits.size(), 2U);
  EXPECT_EQ(waits[0].blockers.size(), 2U);
  EXPECT_EQ(waits[0].mode, "AccessExclusiveLock");
  EXPECT_EQ(waits[1].blockers.at(0).pid, 0);
}

TEST(IndexBuild, IsOnePercentageOverItsPhases) {
  const std::string sql = "CREATE UNIQUE INDEX orders_day ON public.orders USING btree (day)";
  EXPECT_EQ(build_text({sql, "building index: scanning table", 50, 100, 0, 0}),
            "building index orders_day: 27 %");
  EXPECT_EQ(build_text({sql, "building index: sorting live tuples", 0, 0, 0, 0}),
            "building index orders_day: 55 %");
  EXPECT_EQ(build_text({sql, "building index: loading tuples in tree", 0, 0, 1'000'000, 2'000'000}),
            "building index orders_day: 85 %");
  EXPECT_EQ(build_text({sql, "building index: loading tuples in tree", 0, 0, 3, 2}),
            "building index orders_day: 99 %")
      << "never more than everything";
  EXPECT_EQ(build_text({sql, "waiting for writers before build", 0, 0, 0, 0}),
            "building index orders_day: waiting for writers before build");
  EXPECT_EQ(build_text({"ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id)",
                        "building index: scanning table", 80, 100, 0, 0}),
            "building index orders_pkey: 44 %");
}

}  // namespace
}  // namespace recover::postgresql::watch
