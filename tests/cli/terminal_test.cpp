// The program on a terminal: watching a run, and output that nobody reads to its end.
#include "tests/support/terminal.hpp"
#include "core/run/run_lock.hpp"

#include <gmock/gmock.h>

namespace recover::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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
