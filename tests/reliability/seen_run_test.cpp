// A run as others see it: programs that read its events, a person at the terminal, schedulers that start it
// twice, and a plan that is applied to a source that has changed.
#include "tests/cli/cli_world.hpp"
#include "tests/support/recovering.hpp"
#include "tests/support/terminal.hpp"

#include <fstream>
#include <sstream>

namespace recover::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int major = 15;

class SeenRun : public Recovering {
 protected:
  void plant() {
    Cluster cluster(box, major);
    cluster.start();
    cluster.fill();
    cluster.stop();
    copy_tree(cluster.data(), box.source() + "/main");
  }
  [[nodiscard]] std::vector<std::string> program(const std::vector<std::string>& words) const {
    std::vector<std::string> command{RECOVER_PROGRAM, "--state-dir", box.state(),           "--min-free",
                                     "100MB",         "--bindir",    server_programs(major)};
    command.insert(command.end(), words.begin(), words.end());
    return command;
  }
};

TEST_F(SeenRun, EventsTellItFromBeginningToEnd) {
  plant();
  box.protect(box.source());
  const Answer answer = recover(major, {"--progress", "json"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  std::vector<std::string> types;
  std::istringstream lines(answer.err);
  std::uint64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(event.is_object()) << "not one object per line: " << line;
    EXPECT_EQ(event.value("seq", 0U), ++number) << line;
    EXPECT_TRUE(event.contains("ts") && event.contains("run")) << line;
    types.push_back(event["type"]);
    if (event["type"] == "run_finished") {
      EXPECT_EQ(event["exit_code"], 0);
      EXPECT_EQ(event["run"], answer.document["run_id"]);
    }
  }
  for (const char* type : {"database_found", "plan_ready", "run_started", "phase_started", "phase_finished",
                           "check", "database_done"}) {
    EXPECT_THAT(types, Contains(type));
  }
  EXPECT_EQ(types.back(), "run_finished");
  EXPECT_EQ(json_objection(answer.document.dump(), "recover.report.schema.json"), "");
  EXPECT_FALSE(answer.document["host"].get<std::string>().empty());
  EXPECT_EQ(answer.document["user"], "root");
  EXPECT_THAT(answer.document["argv"].dump(), HasSubstr("--progress"));
  EXPECT_GT(answer.database()["phases"].size(), 3U);
  const std::string page = answer.document["artifacts"]["html"];
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(std::ifstream(page).rdbuf()), {}),
              HasSubstr("RECOVERED"));
}

TEST_F(SeenRun, APersonSeesThePanelAndChooses) {
  plant();
  box.protect(box.source());
  const Outcome outcome = run_on_terminal(program({box.source(), "--interactive"}),
                                          {{"Ids to recover", "pg-1\n"}, {"[y/n]: ", "y\n"}});
  EXPECT_EQ(outcome.exit, 0) << outcome.out;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr(" overall "), HasSubstr("elapsed "),
                                 HasSubstr("Ctrl-C stops safely; go on later with: recover resume ")));
  EXPECT_THAT(outcome.out, HasSubstr("RECOVERED"));
}

TEST_F(SeenRun, AnIdThatIsNotThereIsNotChosen) {
  plant();
  box.protect(box.source());
  const Outcome outcome =
      run_on_terminal(program({box.source(), "--interactive"}), {{"Ids to recover", "pg-9\n"}});
  EXPECT_EQ(outcome.exit, 5) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("scan.nothing_selected"));
}

TEST_F(SeenRun, TheSameRunIdIsDoneOnce) {
  plant();
  box.protect(box.source());
  const Answer first = recover(major, {"--run-id", "drill-47"});
  ASSERT_EQ(first.exit, 0) << first.told();
  const Answer again = recover(major, {"--run-id", "drill-47"});
  EXPECT_EQ(again.exit, 0) << again.told();
  EXPECT_THAT(again.err, HasSubstr("run drill-47 is already done"));
  EXPECT_EQ(again.document["finished_at"], first.document["finished_at"]);
  EXPECT_EQ(again.document["run_id"], "drill-47");
}

TEST_F(SeenRun, APlanIsNotAppliedToAnotherSource) {
  plant();
  const std::string plan = box.path("plan.json");
  const Outcome planned = Sandbox::run(program({"plan", box.source(), "-o", plan}));
  ASSERT_EQ(planned.exit, 0) << planned.err;
  std::ofstream(box.source() + "/main/pg_hba.conf", std::ios::app) << "# changed\n";
  box.protect(box.source());
  const Outcome applied = Sandbox::run(program({"apply", plan, "--yes"}));
  EXPECT_EQ(applied.exit, 8) << applied.err;
  EXPECT_THAT(applied.err, AllOf(HasSubstr("plan.source_changed"), HasSubstr("nothing was changed")));
  EXPECT_EQ(processes_below(box.state()), 0);
}

}  // namespace
}  // namespace recover::test
