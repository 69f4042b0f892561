// The errors of this engine that no other test happens to meet, each provoked by what it is about.
#include "core/sys/host.hpp"
#include "postgresql/connection.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/plan.hpp"
#include "postgresql/server_log.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

using test::NoLog;
using test::NoProgress;

TEST(Errors, TheLogOfAServerThatDoesNotStartIsExplained) {
  EXPECT_EQ(start_error("/d", "FATAL:  invalid data in file \"backup_label\"\n").id,
            "postgresql.backup_label_invalid");
  EXPECT_EQ(start_error("/d", "FATAL:  could not access status of transaction 738\n").id,
            "postgresql.transaction_status_lost");
}

TEST(Errors, NobodyAnswersWhereNoServerIs) {
  const auto connection =
      Connection::open({"/var/tmp/no-such-directory", "postgres", "", 15}, "postgres", {});
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().id, "postgresql.server_unreachable");
  EXPECT_FALSE(connection.error().cause.empty());
}

TEST(Errors, AQueryThatFailsKeepsTheServersWords) {
  const test::Sandbox box;
  test::Cluster cluster(box, 15);
  cluster.start();
  auto connection = Connection::open({cluster.sockets(), "postgres", "", 15}, "postgres", {});
  ASSERT_TRUE(connection) << connection.error().cause;
  const auto rows = connection->query("select * from no_such_table", {});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().id, "postgresql.query_failed");
  EXPECT_EQ(text_fact(rows.error().facts, "sqlstate"), "42P01");
}

TEST(Errors, ALocaleThatNobodyKnowsIsNamedWithItsPackage) {
  NoLog log;
  const auto host = sys::make_host(log);
  const auto built = locales_to_build({"xx_YY.UTF-8"}, *host);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().id, "postgresql.locale_missing");
  EXPECT_NE(built.error().what.find("xx_YY.UTF-8"), std::string::npos);
}

TEST(Errors, AStepOfNobodyAndAServerThatDoesNotRun) {
  NoLog log;
  NoProgress progress;
  const auto host = sys::make_host(log);
  const test::Sandbox box;
  StepContext context{*host, progress, {}, box.path("run")};
  Plan plan;
  plan.target.directory = box.path("data");
  const auto unknown = perform(EngineCall{"no such step", {}}, plan, context);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().id, "internal.error");
  const auto status = perform(EngineCall{"status", {}}, plan, context);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().id, "server.not_running");
}

}  // namespace
}  // namespace recover::postgresql
