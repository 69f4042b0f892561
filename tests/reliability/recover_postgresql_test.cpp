// The main job on real servers: an unknown tree in, a running verified PostgreSQL out. Every form a data
// directory is found in, in both targets.
#include "tests/support/recovering.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

class EveryMajor : public Recovering, public ::testing::WithParamInterface<int> {};

TEST_P(EveryMajor, AServerKilledUnderLoadComesBackWithAllCommittedRows) {
  Cluster dead(box, GetParam(), "source/dead");
  dead.start();
  dead.fill();
  static_cast<void>(dead.sql("CREATE TABLE load (i int)", "shop"));
  std::thread load([&] {
    try {
      for (int i = 0;; ++i)
        static_cast<void>(dead.sql("INSERT INTO load VALUES (" + std::to_string(i) + ")", "shop"));
    } catch (const std::exception&) {  // the server died, as it should
    }
  });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const std::string committed = dead.sql("SELECT count(*) FROM load", "shop");
  dead.kill();
  load.join();
  box.protect(box.source());
  const Answer answer = recover(GetParam());
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*), sum(id) FROM orders", "shop"),
            "10000|50005000\n");
  EXPECT_GE(std::stoi(sql_through(answer.connect(), "SELECT count(*) FROM load", "shop")),
            std::stoi(committed));
  EXPECT_EQ(answer.check("row_counts")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("page_checksums")["verdict"], "passed") << answer.told();
}

INSTANTIATE_TEST_SUITE_P(Majors, EveryMajor, ::testing::Values(10, 11, 12, 13, 14, 15, 16, 17, 18));

class Direct : public Recovering {};

TEST_F(Direct, ACleanDirectoryBecomesATargetDirectoryThatIsLeftStopped) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  clean.stop();
  box.protect(box.source());
  const std::string target = box.path("target");
  const Answer answer = recover(15, {"--target-dir", target, "--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(processes_below(target), 0);
  EXPECT_TRUE(fs::exists(target + "/postgresql.conf.from-source"));
  EXPECT_EQ(answer.check("amcheck")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("clean_shutdown")["verdict"], "passed") << answer.told();
}

TEST_F(Direct, AnExistingDataDirectoryIsKeptAndRollbackPutsItBack) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  clean.stop();
  Cluster old(box, 15, "there");
  const std::string before = old.control_field(0, 8);
  const Answer answer = recover(15, {"--target-dir", old.data()});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_NE(old.control_field(0, 8), before) << "the target still holds the old cluster";
  const std::string kept = answer.database()["kept_old"]["name"];
  EXPECT_TRUE(fs::exists(kept + "/PG_VERSION")) << kept;
  const Outcome undone = box.recover({"rollback", "last", "--yes"});
  EXPECT_EQ(undone.exit, 0) << undone.out << undone.err;
  EXPECT_EQ(old.control_field(0, 8), before) << "rollback did not put the old cluster back";
}

TEST_F(Direct, ARunningTargetIsRefused) {
  Cluster clean(box, 15, "source/clean");
  Cluster busy(box, 15, "busy");
  busy.start();
  const Answer answer = recover(15, {"--target-dir", busy.data()});
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("target.running"));
  EXPECT_EQ(busy.sql("SELECT 1"), "1\n");
}

TEST_F(Direct, RecoveringTwiceReplacesTheOwnInstance) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  clean.stop();
  const Answer first = recover(15);
  ASSERT_EQ(first.exit, 0) << first.told();
  static_cast<void>(sql_through(first.connect(), "DROP TABLE orders CASCADE", "shop"));
  const Answer second = recover(15);
  ASSERT_EQ(second.exit, 0) << second.told();
  EXPECT_EQ(sql_through(second.connect(), "SELECT count(*) FROM orders", "shop"), "10000\n");
  EXPECT_EQ(first.connect(), second.connect());
}

TEST_F(Direct, EmptyDirectoriesThatGotLostAreMadeAnew) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  clean.stop();
  for (const char* lost :
       {"pg_notify", "pg_replslot", "pg_twophase", "pg_commit_ts", "pg_snapshots", "pg_tblspc"}) {
    fs::remove_all(clean.data() + "/" + lost);
  }
  fs::permissions(clean.data(), fs::perms(0755));
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM orders", "shop"), "10000\n");
}

TEST_F(Direct, AStandbysDirectoryIsOpenedOnANewTimeline) {
  Cluster primary(box, 15, "primary");
  primary.start();
  primary.fill();
  fs::create_directories(box.path("source/standby"));
  primary.base_backup(box.path("source/standby/data"), {"-X", "stream", "-R"});
  Sandbox::run({"chown", "-R", "postgres:postgres", box.path("source/standby")});
  const std::string programs = server_programs(15);
  const std::string sockets = box.path("standby");
  Sandbox::run({"install", "-d", "-o", "postgres", sockets});
  const std::string options = "-c listen_addresses='' -c unix_socket_directories='" + sockets + "'";
  ASSERT_EQ(Sandbox::run({programs + "/pg_ctl", "-w", "-D", box.path("source/standby/data"), "-l",
                          sockets + "/log", "-o", options, "start"},
                         "/", "postgres")
                .exit,
            0);
  static_cast<void>(primary.sql("INSERT INTO orders (note) VALUES ('late')", "shop"));
  static_cast<void>(primary.sql("SELECT pg_switch_wal(); CHECKPOINT"));
  std::this_thread::sleep_for(std::chrono::seconds(2));
  ASSERT_EQ(
      Sandbox::run({programs + "/pg_ctl", "-w", "-m", "fast", "-D", box.path("source/standby/data"), "stop"},
                   "/", "postgres")
          .exit,
      0);
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*), pg_is_in_recovery() FROM orders", "shop"),
            "10001|f\n");
}

TEST_F(Direct, ADamagedPageOfACleanClusterIsNamedAndNothingIsActivated) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  std::string heap = clean.sql("SELECT pg_relation_filepath('orders')", "shop");
  heap.pop_back();
  clean.stop();
  {
    std::fstream page(clean.data() + "/" + heap, std::ios::in | std::ios::out | std::ios::binary);
    page.seekp(8192 * 3 + 4000);
    page.write("damage", 6);
  }
  box.protect(box.source());
  const Answer answer = recover(15);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(answer.document.dump() + answer.err, HasSubstr(heap + " block 3"));
  EXPECT_EQ(processes_below(box.state()), 0);
}

TEST_F(Direct, ACopyOfALiveDirectoryWithoutLabelIsCalledTorn) {
  Cluster live(box, 15, "live");
  live.start();
  live.fill();
  // Log and control file first, then changes and a checkpoint, then the tables: the pages are newer than
  // the end of the copied log, and nothing can repair that.
  Sandbox::run({"cp", "-a", live.data(), box.path("source/copy")});
  static_cast<void>(live.sql("UPDATE orders SET note = 'x'; CHECKPOINT", "shop"));
  Sandbox::run({"cp", "-a", live.data() + "/base", box.path("source/copy/")});
  live.stop();
  box.protect(box.source());
  const Answer answer = recover(15, {"postgresql"});
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.torn_copy")) << answer.told();
}

TEST_F(Direct, AnOrdinaryUserNeedsNoRoot) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  clean.stop();
  box.protect(box.source());
  Sandbox::run({"install", "-d", "-o", "postgres", "-m", "0755", box.path("own-state")});
  const Outcome run = Sandbox::run({RECOVER_PROGRAM, "--state-dir", box.path("own-state"), box.source(),
                                    "--yes", "--json", "--min-free", "100MB"},
                                   "/", "postgres");
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  const auto document = parse_document(run.out);
  EXPECT_EQ(sql_through(document["databases"][0]["connect"], "SELECT count(*) FROM orders", "shop"),
            "10000\n");
}

TEST_F(Direct, AnInterruptedRunIsResumed) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  clean.stop();
  box.protect(box.source());
  // Killed by the kernel at the first exchange or rename of a file: in the middle of the copy's end.
  const Outcome killed = Sandbox::run({"strace", "-f", "-o", "/dev/null", "-e", "trace=syncfs", "-e",
                                       "inject=syncfs:signal=KILL:when=1", RECOVER_PROGRAM, "--state-dir",
                                       box.state(), box.source(), "--yes", "--min-free", "100MB"});
  ASSERT_NE(killed.exit, 0) << "the kill did not hit\n" << killed.out << killed.err;
  EXPECT_EQ(processes_below(box.state()), 0);
  const Outcome resumed = box.recover({"resume", "last", "--yes", "--json"});
  ASSERT_EQ(resumed.exit, 0) << resumed.out << resumed.err;
  const auto document = parse_document(resumed.out);
  EXPECT_EQ(sql_through(document["databases"][0]["connect"], "SELECT count(*) FROM orders", "shop"),
            "10000\n");
}

TEST_F(Direct, ALocaleThatTheMachineLacksIsBuilt) {
  ASSERT_EQ(Sandbox::run({"localedef", "-i", "de_DE", "-f", "UTF-8", box.path("de_DE.utf8")}).exit, 0)
      << "missing package: locales";
  // initdb needs the locale only while it runs.
  const std::string home = box.path("source/german");
  Sandbox::run({"install", "-d", "-o", "postgres", home});
  ASSERT_EQ(
      Sandbox::run({"env", "LOCPATH=" + box.path("."), server_programs(15) + "/initdb", "-D", home + "/data",
                    "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=de_DE.utf8"},
                   "/", "postgres")
          .exit,
      0);
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT datcollate FROM pg_database WHERE datname = 'postgres'"),
            "de_DE.utf8\n");
}

}  // namespace
}  // namespace recover::test
