// The program on a terminal: the guided setup, watching a run, and output that nobody reads to its end.
#include "tests/support/terminal.hpp"
#include "core/run/run_lock.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace recover::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string content_of(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

unsigned mode_of(const std::string& path) {
  struct ::stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
}

class GuidedSetup : public ::testing::Test {
 protected:
  Outcome answer(const Dialogue& dialogue) {
    return run_on_terminal(
        {"env", "XDG_CONFIG_HOME=" + box.path("xdg"), RECOVER_PROGRAM, "config", "recovery"}, dialogue);
  }
  [[nodiscard]] std::string file() const { return box.path("xdg/recover/recovery.conf"); }

  Sandbox box;
};

TEST_F(GuidedSetup, AsksWritesAndKeepsTheFileBefore) {
  const Outcome first = answer({{"backup_path []: ", box.source() + "\n"},
                                {"preferred_migration_strategy [auto]: ", "sideways\n"},
                                {"not accepted: ", "direct_restore\n"},
                                {"max_parallel_operations [2]: ", "4\n"},
                                {"keep_old [7d]: ", "\n"},
                                {"level [quick]: ", "full\n"},
                                {"continue_on_error [false]: ", "\n"},
                                {"require_confirmation [true]: ", "\n"},
                                {"log_level [info]: ", "\n"},
                                {"[y/n]: ", "y\n"}});
  ASSERT_EQ(first.exit, 0) << first.out;
  const std::string written = content_of(file());
  EXPECT_EQ(written,
            "backup_path=" + box.source() +
                "\npreferred_migration_strategy=direct_restore\nmax_parallel_operations=4\n\n[verify]\n"
                "level=full\n");
  EXPECT_EQ(mode_of(file()), 0600U);
  EXPECT_EQ(mode_of(box.path("xdg/recover")), 0700U);

  const Outcome second = answer({{"backup_path [", "\n"},
                                 {"preferred_migration_strategy [direct_restore]: ", "\n"},
                                 {"max_parallel_operations [4]: ", "1\n"},
                                 {"keep_old [", "\n"},
                                 {"level [full]: ", "\n"},
                                 {"continue_on_error [", "\n"},
                                 {"require_confirmation [", "\n"},
                                 {"log_level [", "\n"},
                                 {"[y/n]: ", "y\n"}});
  ASSERT_EQ(second.exit, 0) << second.out;
  EXPECT_THAT(content_of(file()), HasSubstr("max_parallel_operations=1\n"));
  EXPECT_EQ(content_of(file() + ".bak"), written);
  const Outcome checked = Sandbox::run({RECOVER_PROGRAM, "config", "recovery", "--validate", "-c", file()});
  EXPECT_EQ(checked.exit, 0) << checked.out << checked.err;
}

TEST_F(GuidedSetup, WithoutAYesNothingIsWritten) {
  const Outcome refused = answer({{"backup_path []: ", "\n"},
                                  {"preferred_migration_strategy [auto]: ", "dump_restore\n"},
                                  {"max_parallel_operations [", "\n"},
                                  {"keep_old [", "\n"},
                                  {"level [", "\n"},
                                  {"continue_on_error [", "\n"},
                                  {"require_confirmation [", "\n"},
                                  {"log_level [", "\n"},
                                  {"[y/n]: ", "n\n"}});
  EXPECT_EQ(refused.exit, 8) << refused.out;
  EXPECT_FALSE(std::filesystem::exists(file()));
  const Outcome stopped = answer({{"backup_path []: ", "\x03"}});
  EXPECT_EQ(stopped.exit, 130) << stopped.out;
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(GuidedSetup, WithoutATerminalTheSettingsAreShown) {
  const Outcome shown = box.recover({"config", "recovery"});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("max_parallel_operations"));
}

TEST(Status, WatchRepeatsUntilNothingRuns) {
  const Sandbox box;
  const std::string id = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
  box.write("state/runs/" + id + "/status.json",
            R"({"schema":"recover.status/1","run_id":")" + id +
                R"(","pid":1,"status":"running","doing":"pg-1 app","source":"/mnt/x","started":1})");
  const std::vector<std::string> watch{RECOVER_PROGRAM, "--state-dir", box.state(), "status", "--watch"};
  {
    const auto lock = run::lock_run(run::StateDirectory{box.state()}, id, 1);
    ASSERT_TRUE(lock) << lock.error().cause;
    // It is shown a second time before anybody says stop.
    const Outcome watched = run_on_terminal(watch, {{"running", ""}, {"running", "\x03"}});
    EXPECT_EQ(watched.exit, 130) << watched.out;
    EXPECT_THAT(watched.out, HasSubstr(id));
  }
  const Outcome ended = run_on_terminal(watch);
  EXPECT_EQ(ended.exit, 0) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("interrupted"), Not(HasSubstr("running"))));
}

TEST(Pipe, AReaderThatGoesAwayIsNoError) {
  Sandbox box;
  for (int number = 0; number < 300; ++number) {
    box.write("source/dumps/" + std::to_string(number) + ".sql",
              "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nCOMMIT;\n");
  }
  box.protect(box.source());
  const std::string program = std::string(RECOVER_PROGRAM) + " --state-dir " + box.state();
  for (const std::string& command :
       std::vector<std::string>{"scan " + box.source() + " --all --json", "help config"}) {
    // The reader is gone before the first byte is written.
    const Outcome outcome = Sandbox::run(
        {"bash", "-c", "{ sleep 0.3; " + program + " " + command + "; echo \"exit $?\" >&2; } | true"});
    EXPECT_THAT(outcome.err, HasSubstr("exit 0\n")) << command;
    EXPECT_THAT(outcome.err, Not(HasSubstr("error["))) << command;
  }
}

}  // namespace
}  // namespace recover::test
