// What a load needs from its server beyond room for rows: locks, for a dump with large transactions of its
// own, and for one that meets other sessions in a running server.
#include "tests/support/dumping.hpp"
#include "tests/support/recovering.hpp"

#include <memory>
#include <sstream>
#include <thread>

namespace recover::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int major = 15;

using ManyTables = Recovering;

TEST_F(ManyTables, OneTransactionOfTwentyThousandHasLocksEnough) {
  constexpr int tables = 20'000;
  std::ostringstream dump;
  dump << "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n"
       << "-- Dumped by pg_dump version 15.4\n\nBEGIN;\n";
  for (int number = 1; number <= tables; ++number)
    dump << "CREATE TABLE public.t" << number << " (id integer);\n";
  dump << "COMMIT;\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
  box.write("source/many.sql", dump.str());
  const Answer answer = recover(major);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(
      sql_through(answer.connect(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "many"),
      "20000\n");
}

/// A session of somebody else has made a role and has not committed: who makes the same one must wait.
class HeldRole : public Recovering {
 protected:
  void SetUp() override {
    target_ = std::make_unique<Cluster>(box, major, "target");
    target_->start();
    box.write("source/all.sql",
              "--\n-- PostgreSQL database cluster dump\n--\n\nSET client_encoding = 'UTF8';\n"
              "CREATE ROLE worker;\nCREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';\n"
              "\\connect shop\nCREATE TABLE public.orders (id integer);\n"
              "COPY public.orders (id) FROM stdin;\n1\n\\.\n"
              "--\n-- PostgreSQL database cluster dump complete\n--\n\n");
    holder_ = std::jthread([this] {  // until its session or its server is ended
      static_cast<void>(
          Sandbox::run({"env", "PGAPPNAME=till 7", "psql", "-h", target_->sockets(), "-U", "postgres", "-c",
                        "BEGIN", "-c", "CREATE ROLE worker", "-c", "SELECT pg_sleep(600)"}));
    });
    const std::string sleeps =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'till 7' AND query LIKE '%pg_sleep%'";
    while (target_->sql(sleeps) != "1\n") std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  void TearDown() override {
    static_cast<void>(target_->sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'till 7'"));
  }
  Answer recover_into_server(const std::string& action) {
    return recover(major, {"--target", "postgresql://postgres@/postgres?host=" + target_->sockets(),
                           "--lock-timeout", "3", "--lock-action", action, "--retries", "0", "--debug-locks",
                           "--save-debug-log", box.path("debug.log")});
  }
  [[nodiscard]] std::string log() const { return content_of(box.path("debug.log")); }

  std::unique_ptr<Cluster> target_;
  std::jthread holder_;
};

TEST_F(HeldRole, EndsTheRunAfterTheTimeoutWithTheHoldersName) {
  const Answer answer = recover_into_server("fail");
  EXPECT_EQ(answer.exit, 9) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.lock_timeout"));
  EXPECT_THAT(answer.told(), AllOf(HasSubstr("till 7"), HasSubstr("pg_sleep")));
  EXPECT_THAT(log(), AllOf(HasSubstr("Waiting for"), HasSubstr("approaching (")));
  EXPECT_EQ(target_->sql("SELECT count(*) FROM pg_database WHERE datname = 'shop'"), "0\n");
}

TEST_F(HeldRole, IsEndedWhereTheOperatorSaidSo) {
  const Answer answer = recover_into_server("terminate");
  EXPECT_EQ(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.told(), AllOf(HasSubstr("ended a session that held a lock"), HasSubstr("till 7")));
  EXPECT_THAT(log(), HasSubstr("acquired after"));
  EXPECT_EQ(target_->sql("SELECT count(*) FROM orders", "shop"), "1\n");
}

}  // namespace
}  // namespace recover::test
