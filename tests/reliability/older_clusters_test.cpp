// Data directories of another version than the server that is there: their own version opens a copy, and a
// dump of the result is the dump of the original.
#include "tests/support/dumping.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/started.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

struct Way {
  int from;
  int to;
};

class OlderClusters : public Dumping {
 protected:
  /// A server with every kind of object that its version has.
  void make(const Way& way) {
    original_ = std::make_unique<Cluster>(box, way.from, "source/main");
    original_->start();
    run_fixture("any-version", *original_, "postgres");
    if (way.from >= 12) {
      run_fixture("every-role", *original_, "postgres");
      run_fixture("every-object", *original_, "everything");
    }
  }
  Answer convert(int from, int to, std::vector<std::string> words = {}) {
    words.insert(words.end(), {"--container-based", "--runtime", "local", "--old-bindir",
                               server_programs(from), "--verify", "full"});
    return recover_into(client_programs(to), words);
  }
  /// The new server has what psql makes of a dump of the old one: catalogs of different versions tell some
  /// things differently (names of multiranges, access methods), so old and new cannot be compared directly.
  void expect_everything(const Answer& answer, const Way& way) {
    original_->start();  // after a crash it has emptied its unlogged tables, as the copy did
    dump_to("all.sql", "pg_dumpall", {}, {original_->sockets(), way.to});
    original_->stop();
    Cluster reference(box, way.to, "reference");
    reference.start();
    // The role that made the cluster is there already: psql goes on over that.
    run_client({client_programs(way.to) + "/psql", "-Xq", "-h", reference.sockets(), "-U", "postgres", "-d",
                "postgres", "-f", box.source() + "/all.sql"});
    const DumpedServer by_psql{reference.sockets(), way.to};
    const DumpedServer ours{sockets_of(answer.connect()), way.to};
    std::vector<std::string> databases{"postgres"};
    if (way.from >= 12) databases.emplace_back("everything");
    for (const std::string& database : databases)
      expect_equal(dump_of(by_psql, database, {"-C"}), dump_of(ours, database, {"-C"}), box);
    expect_equal(globals_of(by_psql), globals_of(ours), box);
  }

  std::unique_ptr<Cluster> original_;
};

class OlderClustersOf : public OlderClusters, public ::testing::WithParamInterface<Way> {};

TEST_P(OlderClustersOf, KilledComeBackInANewerServer) {
  const Way way = GetParam();
  make(way);
  original_->kill();
  const std::string digest = tree_digest(box.source());
  const Answer answer = convert(way.from, way.to);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_THAT(sql_through(answer.connect(), "SHOW server_version"), HasSubstr(std::to_string(way.to)));
  expect_everything(answer, way);
}

INSTANTIATE_TEST_SUITE_P(Majors, OlderClustersOf,
                         ::testing::Values(Way{10, 18}, Way{13, 15}, Way{15, 17}, Way{16, 18}),
                         [](const ::testing::TestParamInfo<Way>& way) {
                           return "Of" + std::to_string(way.param.from) + "Into" +
                                  std::to_string(way.param.to);
                         });

TEST_F(OlderClusters, AreConvertedWhereTheirServerIsOnlyNamedAsTheOldOne) {
  make({13, 15});
  original_->stop();
  // Nothing is said of the strategy: the server that is there is a newer one, so files cannot be copied.
  const Answer answer = recover_into(client_programs(15), {"--old-bindir", server_programs(13)});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.database()["strategy"], "container") << answer.told();
  expect_everything(answer, {13, 15});
}

TEST_F(OlderClusters, AServerThatIsMissingIsNamed) {
  Cluster(box, 13, "source/main");
  const Answer answer = recover_into(client_programs(15), {"--container-based", "--runtime", "local"});
  EXPECT_EQ(answer.exit, 7) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.server_not_installed")) << answer.told();
}

TEST_F(OlderClusters, ADirectoryThatIsNotTheSourcesIsNotReadOut) {
  {
    Cluster original(box, 13, "source/main");
    original.start();
    original.fill();
    original.stop();
  }
  Cluster other(box, 13, "other");
  box.protect(box.source());
  const std::string copy = box.path(".recover-killed/old/data");
  {
    Started running({box.source(), "--yes", "--state-dir", box.state(), "--run-id", "killed", "--min-free",
                     "100MB", "--bindir", client_programs(15), "--container-based", "--runtime", "local",
                     "--old-bindir", server_programs(13), "--target-dir", box.path("target")});
    while (running.is_running() && !fs::exists(copy + "/postmaster.pid"))
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ASSERT_TRUE(running.is_running()) << "it ended before its old server was there";
    running.end(SIGKILL);
  }
  ASSERT_TRUE(wait_until_idle(copy));
  // Somebody confuses two directories: the configuration is the run's, the data of another cluster.
  for (const char* name : {"base", "global", "pg_wal", "pg_xact", "pg_multixact"}) {
    fs::remove_all(copy + "/" + name);
    ASSERT_EQ(Sandbox::run({"cp", "-a", other.data() + "/" + name, copy + "/" + name}).exit, 0);
  }
  const Outcome outcome = box.recover({"resume", "killed", "--yes", "--json", "--min-free", "100MB"});
  EXPECT_NE(outcome.exit, 0) << outcome.out << outcome.err;
  EXPECT_THAT(outcome.out + outcome.err, HasSubstr("postgresql.wrong_cluster"));
}

using OlderIntoServer = IntoRunningServer;

TEST_F(OlderIntoServer, ADirectoryOfAnotherVersionIsLoadedBesideWhatIsThere) {
  Cluster original(box, 13, "source/main");
  original.start();
  original.fill();
  const std::string rows = "SELECT count(*), sum(hashtext(orders::text)::bigint) FROM orders";
  const std::string expected = trimmed(original.sql(rows, "shop"));
  original.kill();
  box.protect(box.source());
  tell("CREATE DATABASE shop");
  tell("CREATE TABLE orders AS SELECT 1 AS old", "shop");
  const Answer answer =
      recover_into_server({"--old-bindir", server_programs(13), "--verify", "full", "--runtime", "local"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_EQ(asked(rows, "shop"), expected);
  EXPECT_THAT(names(), HasSubstr("shop__old"));
  EXPECT_FALSE(fs::exists(box.state() + "/spool/" + answer.document.value("run_id", "") + "-pg-1/old"))
      << "the copy that the old server had is still there";
}

TEST_F(OlderIntoServer, WhatIsDroppedFirstMustBeKnownBefore) {
  Cluster(box, 13, "source/main");
  const Answer answer = recover_into_server({"--old-bindir", server_programs(13), "--replace", "drop-first"});
  EXPECT_NE(answer.exit, 0) << answer.told();
  EXPECT_THAT(ids(answer), Contains("engine.strategy_blocked")) << answer.told();
}

}  // namespace
}  // namespace recover::test
