// Timelines, ends of transactions, and what is said where no replay stopped.
#include "core/sys/host.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/replay/log_events.hpp"
#include "postgresql/replay/point.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

TEST(Replay, AHistoryTellsWhichTimelineHoldsWhat) {
  const auto lineage =
      parse_history(3, "# made by hand\n1\t0/3000000\tbefore 2026\n2\t0/5000000\tno target\n");
  ASSERT_TRUE(lineage);
  EXPECT_EQ(lineage->newest(), 3U);
  EXPECT_TRUE(lineage->holds(1, Lsn{0x3000000}));
  EXPECT_FALSE(lineage->holds(1, Lsn{0x3000001}));
  EXPECT_FALSE(lineage->holds(4, Lsn{0}));
  constexpr std::uint64_t segment = 0x1000000;
  EXPECT_EQ(lineage->of_segment(2, segment), (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(lineage->of_segment(3, segment), (std::vector<std::uint32_t>{2, 1}));
  EXPECT_FALSE(parse_history(2, "one\t0/3000000\n"));
  EXPECT_FALSE(parse_history(2, ""));
  EXPECT_EQ(timeline_of_history("0000000A.history.gz"), 10U);
  EXPECT_FALSE(timeline_of_history("000000010000000000000001"));
}

TEST(Replay, AnInstantIsWrittenToTheMicrosecond) {
  EXPECT_EQ(instant_text(0), "1970-01-01 00:00:00.000000 UTC");
  EXPECT_EQ(instant_text(-1), "1969-12-31 23:59:59.999999 UTC");
  EXPECT_EQ(instant_text(1763694000250000), "2025-11-21 03:00:00.250000 UTC");
}

TEST(Replay, TheLogOfAServerThatMissesItsPointIsExplained) {
  using test::NoLog;
  using test::NoProgress;
  const test::Sandbox box;
  test::Cluster cluster(box, 15);
  cluster.start();
  auto connection = Connection::open({cluster.sockets(), "postgres", "", 15}, "postgres", {});
  ASSERT_TRUE(connection) << connection.error().cause;
  NoLog log;
  NoProgress progress;
  const auto host = sys::make_host(log);
  StepContext context{*host, progress, {}, box.path("run")};
  Plan plan;
  set_fact(plan.facts, point_fact, std::string("transaction 745"));
  set_fact(plan.facts, replay_fact::kind, std::string("xid"));
  set_fact(plan.facts, replay_fact::value, std::string("745"));
  set_fact(plan.facts, replay_fact::inclusive, true);
  const auto verdict = [&](const std::string& words) {
    auto check = check_point(plan, cluster.data(), words, *connection, context);
    return check ? check->verdict : Verdict::not_checked;
  };
  EXPECT_EQ(verdict("LOG:  recovery stopping after commit of transaction 745, time x\n"), Verdict::passed);
  EXPECT_EQ(verdict("LOG:  recovery stopping after commit of transaction 7450, time x\n"), Verdict::failed);
  EXPECT_EQ(verdict("LOG:  recovery stopping after abort of transaction 745, time x\n"), Verdict::warning);
  const auto silent = check_point(plan, cluster.data(), "", *connection, context);
  ASSERT_TRUE(silent);
  ASSERT_TRUE(silent->error);
  EXPECT_EQ(silent->error->id, "postgresql.point_not_proven");
}

}  // namespace
}  // namespace recover::postgresql
