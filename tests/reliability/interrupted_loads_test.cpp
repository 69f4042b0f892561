// Loads that are killed in the middle, or that run out of disk, and what `recover resume` makes of them: the
// same as an undisturbed load, with nothing loaded twice.
#include "tests/support/recovering.hpp"
#include "tests/support/started.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;
constexpr int tables = 8;
constexpr int rows = 60'000;

class InterruptedLoads : public Recovering {
 protected:
  void SetUp() override {
    Cluster original(box, major, "original");
    original.start();
    std::string sql;
    for (int i = 1; i <= tables; ++i) {
      const std::string table = "t" + std::to_string(i);
      sql += "CREATE TABLE " + table + " (id int PRIMARY KEY, note text); INSERT INTO " + table +
             " SELECT i, md5(i::text) FROM generate_series(1, " + std::to_string(rows) +
             ") i; CREATE INDEX ON " + table + " (note);";
    }
    static_cast<void>(original.sql("CREATE DATABASE shop"));
    static_cast<void>(original.sql(sql, "shop"));
    write_dump(original.sockets());
    expected_ = shop_of(original.sockets());
    original.stop();
    fs::remove_all(box.path("original"));
  }

  void write_dump(const std::string& sockets) const {
    const Outcome dumped = Sandbox::run({"pg_dumpall", "-h", sockets, "-U", "postgres"});
    ASSERT_EQ(dumped.exit, 0) << dumped.err;
    box.write("source/all.sql", dumped.out);
  }
  static std::string shop_of(const std::string& sockets) {
    const Outcome dumped = Sandbox::run({"pg_dump", "-h", sockets, "-U", "postgres", "-C", "shop"});
    EXPECT_EQ(dumped.exit, 0) << dumped.err;
    return std::regex_replace(dumped.out, std::regex("\n\\\\(un)?restrict [^\n]*"), "");
  }

  /// Of the server that is being loaded by the run "killed"; empty when it does not answer (yet).
  [[nodiscard]] std::string ask(const std::string& sql) const {
    return Sandbox::run({"psql", "-h", box.path(".recover-killed/socket"), "-U", "postgres", "-XAtq", "-c",
                         sql, "-d", "shop"})
        .out;
  }
  [[nodiscard]] int tables_done() const {
    const std::string done = ask("SELECT count(*) FROM \"recover_killed_pg-1\".done WHERE rows > 0");
    return done.empty() ? 0 : std::stoi(done);
  }

  [[nodiscard]] std::vector<std::string> words() const {
    return {box.source(), "--yes",      "--state-dir", box.state(),    "--run-id",
            "killed",     "--min-free", "100MB",       "--jobs",       "1",
            "--start",    "--verify",   "full",        "--target-dir", box.path("target")};
  }

  Answer resume() {
    const Outcome outcome = box.recover({"resume", "killed", "--yes", "--json", "--min-free", "100MB"});
    Answer answer{outcome.exit, nlohmann::json::parse(outcome.out, nullptr, false), outcome.err};
    if (answer.document.is_discarded()) answer.document = nlohmann::json{{"not_json", outcome.out}};
    return answer;
  }

  std::string expected_;
};

/// How many tables the load found filled.
int tables_before(const Answer& answer) {
  return answer.check("dump_load").value("facts", nlohmann::json::object()).value("tables_loaded_before", 0);
}

/// The files of the tables that the load has filled: filling one again would give it another.
std::string files_of_first(int count) {
  return "SELECT relname, relfilenode FROM pg_class WHERE relname = ANY (ARRAY(SELECT 't' || i FROM "
         "generate_series(1, " +
         std::to_string(count) + ") i)) ORDER BY relname";
}

TEST_F(InterruptedLoads, KilledAtSeveralMomentsItGoesOnTableByTable) {
  for (const int moment : {0, 2, 6}) {
    SCOPED_TRACE("killed when " + std::to_string(moment) + " tables were loaded");
    std::string files;
    int done = 0;
    {
      Started running(words());
      while (running.is_running() && (ask("SELECT 1").empty() || tables_done() < moment))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      done = tables_done();
      files = ask(files_of_first(done));
      ASSERT_TRUE(running.is_running()) << "it was too fast for this test";
      running.end(SIGKILL);
    }
    const Answer answer = resume();
    ASSERT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
    const std::string sockets = box.path("target");
    EXPECT_EQ(shop_of(sockets), expected_);
    EXPECT_EQ(sql_through(answer.connect(), files_of_first(done), "shop"), files);
    EXPECT_GE(tables_before(answer), done) << answer.told();
    stop_servers_below(box.path("target"));
    fs::remove_all(box.path("target"));
    fs::remove_all(box.state());
  }
}

TEST_F(InterruptedLoads, StoppedAsAskedItGoesOnTableByTable) {
  Started running(words());
  while (running.is_running() && tables_done() < 2)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(running.end(SIGTERM), 143);
  EXPECT_EQ(processes_below(box.path(".recover-killed")), 0);
  const Answer answer = resume();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(shop_of(box.path("target")), expected_);
  EXPECT_GE(tables_before(answer), 2) << answer.told();
}

TEST_F(InterruptedLoads, R56_AServerThatIsKilledIsStartedAgainAndTheLoadGoesOn) {
  auto command = words();
  command.insert(command.end(), {"--retry-delay", "1"});
  Started running(command);
  while (running.is_running() && tables_done() < 2)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  int server = 0;
  std::ifstream(box.path(".recover-killed/data/postmaster.pid")) >> server;
  ASSERT_GT(server, 0);
  ::kill(server, SIGKILL);
  EXPECT_EQ(running.wait(), 0);
  EXPECT_EQ(shop_of(box.path("target")), expected_);
  const auto report = parse_document(box.recover({"report", "killed", "--json"}).out);
  EXPECT_THAT(report.dump(), HasSubstr("went on after "));
}

TEST_F(InterruptedLoads, AfterARestartOfTheMachineItBeginsAnew) {
  {
    Started running(words());
    while (running.is_running() && tables_done() < 2)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    running.end(SIGKILL);
  }
  // What another boot would find: the mark of an earlier one.
  box.write(".recover-killed/loading", "killed pg-1 00000000-0000-0000-0000-000000000000\n");
  const Answer answer = resume();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(shop_of(box.path("target")), expected_);
  EXPECT_EQ(tables_before(answer), 0) << answer.told();
}

TEST_F(InterruptedLoads, AChangedDumpIsNotContinued) {
  {
    Started running(words());
    while (running.is_running() && tables_done() < 1)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    running.end(SIGKILL);
  }
  std::ofstream(box.source() + "/all.sql", std::ios::app) << "-- one more line\n";
  const Answer answer = resume();
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("plan.source_changed"));
}

/// A tmpfs while this object lives.
struct SmallDisk {
  explicit SmallDisk(std::string where) : path(std::move(where)) {
    fs::create_directories(path);
    mount("size=300m,mode=0755");
  }
  ~SmallDisk() { Sandbox::run({"umount", path}); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  void mount(const std::string& options) const {
    const Outcome mounted = Sandbox::run({"mount", "-t", "tmpfs", "-o", options, "tmpfs", path});
    EXPECT_EQ(mounted.exit, 0) << mounted.err;
  }
  const std::string path;
};

TEST_F(InterruptedLoads, R37_AFullDiskFailsOnlyThatDatabaseAndResumeFinishesIt) {
  Cluster big(box, major, "big");
  big.start();
  static_cast<void>(big.sql("CREATE DATABASE large"));
  static_cast<void>(
      big.sql("CREATE TABLE wide (id int, body text); ALTER TABLE wide ALTER body SET STORAGE "
              "EXTERNAL; INSERT INTO wide SELECT i, repeat('x', 8000) FROM "
              "generate_series(1, 60000) i",
              "large"));
  const Outcome dumped = Sandbox::run({"pg_dump", "-h", big.sockets(), "-U", "postgres", "-Z", "6", "-f",
                                       box.path("source/large.sql.gz"), "large"});
  ASSERT_EQ(dumped.exit, 0) << dumped.err;
  big.stop();
  fs::remove_all(box.path("big"));
  // One after the other: two that load at once meet the full disk together.
  box.write("one.conf", "max_parallel_operations=1\n");
  {
    const SmallDisk disk(box.path("disk"));
    const std::vector<std::string> common{
        "--state-dir", disk.path + "/state", "--yes", "--config", box.path("one.conf"),
        "--json",      "--min-free",         "1MB"};
    auto first = common;
    first.insert(first.begin(), box.source());
    const Outcome failed = Sandbox::run([&] {
      first.insert(first.begin(), RECOVER_PROGRAM);
      return first;
    }());
    EXPECT_EQ(failed.exit, 2) << failed.out << failed.err;
    EXPECT_THAT(failed.out, HasSubstr("postgresql.disk_full"));
    const auto report = parse_document(failed.out);
    int recovered = 0;
    for (const auto& item : report["databases"]) recovered += item["state"] == "committed" ? 1 : 0;
    EXPECT_EQ(recovered, 1) << "the other database is not concerned\n" << failed.out;
    disk.mount("remount,size=1500m");
    std::vector<std::string> second{RECOVER_PROGRAM, "resume", "last"};
    second.insert(second.end(), common.begin(), common.end());
    const Outcome finished = Sandbox::run(second);
    EXPECT_EQ(finished.exit, 0) << finished.out << finished.err;
    const auto resumed = parse_document(finished.out);
    for (const auto& item : resumed["databases"]) EXPECT_EQ(item["state"], "committed") << item;
    stop_servers_below(disk.path);
  }
}

}  // namespace
}  // namespace recover::test
