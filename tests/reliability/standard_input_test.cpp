// Dumps that come through standard input: text straight into the load, archives by way of a file that is gone
// afterwards, and nothing put into place whose end was not proven.
#include "tests/support/recovering.hpp"
#include "tests/support/started.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <thread>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr int major = 15;

std::string dump_with_rows(int rows) {
  std::string text = "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (i int, name text);\n";
  text += "COPY t (i, name) FROM stdin;\n";
  for (int i = 0; i < rows; ++i) text += std::to_string(i) + "\trow " + std::to_string(i) + "\n";
  return text + "\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
}

class StandardInput : public Recovering {
 protected:
  /// COMMAND | recover WORDS --json.
  Answer piped(const std::string& command, const std::string& words) {
    const Outcome outcome =
        Sandbox::run({"bash", "-c",
                      command + " | " + RECOVER_PROGRAM + " --state-dir " + box.state() +
                          " --json --min-free 100MB --bindir " + server_programs(major) + " " + words});
    Answer answer{outcome.exit, nlohmann::json::parse(outcome.out, nullptr, false), outcome.err};
    if (answer.document.is_discarded()) answer.document = nlohmann::json{{"not_json", outcome.out}};
    return answer;
  }
  std::string file(const std::string& content) {
    box.write("dump", content);
    return box.path("dump");
  }
  void expect_no_instance() {
    EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances"));
  }
};

TEST_F(StandardInput, CompressedTextGoesStraightIntoTheLoad) {
  const Answer answer = piped("gzip -c " + file(dump_with_rows(5000)), "- --yes --verify full");
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.document["source"]["kind"], "stdin");
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*), sum(i) FROM t", "stdin"), "5000|12497500\n");
  EXPECT_FALSE(fs::exists(box.state() + "/spool"));
}

TEST_F(StandardInput, WhatHasNoProvenEndIsNotPutIntoPlace) {
  const std::string whole = dump_with_rows(50000);
  for (const std::string& cut :
       {whole.substr(0, whole.size() / 2), whole.substr(0, whole.rfind("--\n-- P"))}) {
    const Answer answer = piped("cat " + file(cut), "- --yes");
    EXPECT_EQ(answer.exit, 3) << answer.told();
    EXPECT_THAT(ids(answer), Contains("dump.truncated")) << answer.told();
    expect_no_instance();
  }
  const Answer gzip = piped("gzip -c " + file(whole) + " | head -c 60000", "- --yes");
  EXPECT_EQ(gzip.exit, 3) << gzip.told();
  EXPECT_THAT(ids(gzip), Contains("archive.truncated")) << gzip.told();
  expect_no_instance();
}

TEST_F(StandardInput, ACustomArchiveIsStoredAndTheFileIsGoneAfterwards) {
  Cluster server(box, major, "original");
  server.start();
  static_cast<void>(server.sql("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i"));
  const Answer answer = piped(
      "setpriv --reuid=postgres --regid=postgres --init-groups -- "
      "/usr/lib/postgresql/15/bin/pg_dump -Fc -h " +
          server.sockets() + " -U postgres postgres",
      "- --yes");
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM t", "postgres"), "1000\n");
  EXPECT_THAT(answer.err, HasSubstr(box.state() + "/spool"));
  EXPECT_TRUE(fs::is_empty(box.state() + "/spool"));
}

TEST_F(StandardInput, ItIsVerifiedInOnePassAndRestoredForATestFromAFile) {
  const std::string dump = file(dump_with_rows(100));
  const Answer read = piped("cat " + dump, "verify -");
  EXPECT_EQ(read.exit, 0) << read.told();
  EXPECT_FALSE(fs::exists(box.state()));
  const Answer tested = piped("cat " + dump, "verify - --restore-test");
  EXPECT_EQ(tested.exit, 0) << tested.told();
  EXPECT_EQ(tested.document["restore_test"]["databases_restored"], 1) << tested.told();
  EXPECT_TRUE(fs::is_empty(box.state() + "/spool"));
}

TEST_F(StandardInput, WhatWasInterruptedCannotBeResumed) {
  // The end never comes; the program is killed while it waits for it in the middle of the load.
  constexpr int pipe_size = 1 << 20;
  const std::string begin = dump_with_rows(100'000).substr(0, pipe_size);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETPIPE_SZ, pipe_size), pipe_size);
  ASSERT_EQ(::write(ends[1], begin.data(), begin.size()), static_cast<ssize_t>(begin.size()));
  Started running(
      {"--state-dir", box.state(), "-", "--yes", "--min-free", "100MB", "--bindir", server_programs(major)},
      ends[0]);
  for (int i = 0; i < 1200 && processes_below(box.state()) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(running.is_running());
  running.end(SIGKILL);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_TRUE(wait_until_idle(box.state()));
  const Outcome resumed = box.recover({"resume", "last", "--json", "--yes"});
  EXPECT_EQ(resumed.exit, 8) << resumed.out << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("plan.source_changed"));
}

TEST_F(StandardInput, NothingAndNonsenseAreNoDatabases) {
  EXPECT_EQ(piped("true", "- --yes").exit, 5);
  EXPECT_EQ(piped("seq 100000", "- --yes").exit, 5);
}

TEST_F(StandardInput, ValidateFirstFindsTheEndBeforeAnythingIsLoaded) {
  const std::string whole = dump_with_rows(50000);
  box.write("source/shop.sql", whole.substr(0, whole.size() / 2));
  ASSERT_EQ(Sandbox::run({"gzip", box.source() + "/shop.sql"}).exit, 0);
  const Answer cut = recover(major, {"--validate-first"});
  EXPECT_EQ(cut.exit, 3) << cut.told();
  for (const auto& phase : cut.database().value("phases", nlohmann::json::array()))
    EXPECT_NE(phase["name"], "load") << cut.told();
  box.write("source/shop.sql", whole);
  fs::remove(box.source() + "/shop.sql.gz");
  const Answer good = recover(major, {"--validate-first"});
  EXPECT_EQ(good.exit, 0) << good.told();
}

}  // namespace
}  // namespace recover::test
