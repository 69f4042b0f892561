// Hooks around a run: what they are told, that the one before can say no, and that the one after always runs.
#include "tests/support/dumping.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

class Hooks : public Recovering {
 protected:
  void SetUp() override {
    write_dump("--\n-- PostgreSQL database dump complete\n--\n\n");
    for (const char* hook : {"before", "after"}) write_hook(hook, 0);
  }
  void write_dump(const std::string& end) {
    box.write("source/shop.sql", "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (i int);\n" + end);
  }
  /// Writes down what it is told and ends with this status.
  void write_hook(const std::string& name, int status) {
    const std::string program = "#!/bin/sh\n/usr/bin/env | /bin/grep ^RECOVER_ >> " +
                                box.path(name + ".told") + "\necho \"$@\" >> " + box.path(name + ".told") +
                                "\necho said no >&2\nexit " + std::to_string(status) + "\n";
    box.write(name + ".sh", program);
    fs::permissions(box.path(name + ".sh"), fs::perms::owner_all);
  }
  Answer recover_with_hooks() {
    return recover(
        15, {"--before-hook", box.path("before.sh") + "  one two", "--after-hook", box.path("after.sh")});
  }
  [[nodiscard]] std::string told(const std::string& name) const {
    return fs::exists(box.path(name + ".told")) ? content_of(box.path(name + ".told")) : "";
  }
};

TEST_F(Hooks, AreToldAboutTheRunAndItsOutcome) {
  const Answer answer = recover_with_hooks();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  const std::string run = "RECOVER_RUN=" + answer.document["run_id"].get<std::string>();
  EXPECT_THAT(told("before"), HasSubstr("RECOVER_HOOK=before"));
  EXPECT_THAT(told("before"), HasSubstr(run));
  EXPECT_THAT(told("before"), HasSubstr("RECOVER_SOURCE=" + box.source()));
  EXPECT_THAT(told("before"), HasSubstr("one two"));
  EXPECT_THAT(told("after"), HasSubstr(run));
  EXPECT_THAT(told("after"), HasSubstr("RECOVER_STATUS=" + answer.document["status"].get<std::string>()));
  EXPECT_THAT(told("after"), HasSubstr("RECOVER_EXIT_CODE=0"));
}

TEST_F(Hooks, TheOneBeforeStopsTheRunBeforeAnythingIsChanged) {
  write_hook("before", 3);
  const Answer answer = recover_with_hooks();
  EXPECT_EQ(answer.exit, 12) << answer.told();
  EXPECT_THAT(ids(answer), Contains("tool.failed"));
  EXPECT_THAT(answer.told(), HasSubstr("said no"));
  EXPECT_THAT(answer.told(), HasSubstr("Nothing was changed"));
  EXPECT_FALSE(fs::exists(box.state() + "/instances") && !fs::is_empty(box.state() + "/instances"));
  EXPECT_THAT(told("after"), HasSubstr("RECOVER_STATUS=not_begun")) << "what it had stopped is started again";
}

TEST_F(Hooks, TheOneAfterRunsAfterAFailure) {
  write_dump("COPY t (i) FROM stdin;\n1\n");
  const Answer answer = recover_with_hooks();
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_TRUE(told("before").empty()) << "nothing was to be done";
  write_dump("SELECT no_such_function();\n--\n-- PostgreSQL database dump complete\n--\n\n");
  const Answer failed = recover_with_hooks();
  EXPECT_EQ(failed.exit, 3) << failed.told();
  EXPECT_THAT(told("after"), HasSubstr("RECOVER_STATUS=failed"));
  EXPECT_THAT(told("after"), HasSubstr("RECOVER_EXIT_CODE=3"));
}

TEST_F(Hooks, AFailureOfTheOneAfterIsAWarning) {
  write_hook("after", 1);
  const Answer answer = recover_with_hooks();
  EXPECT_EQ(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.document["warnings"].dump(), HasSubstr("the hook after the run"));
  const Outcome stored = box.recover({"report", "last", "--json"});
  EXPECT_THAT(stored.out, HasSubstr("the hook after the run"));
}

TEST_F(Hooks, ADryRunRunsNone) {
  const Outcome planned = box.recover(
      {"plan", box.source(), "--bindir", server_programs(15), "--before-hook", box.path("before.sh")});
  EXPECT_EQ(planned.exit, 0) << planned.out << planned.err;
  EXPECT_TRUE(told("before").empty());
}

}  // namespace
}  // namespace recover::test
