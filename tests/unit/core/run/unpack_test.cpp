// Unpacking an archive of the source as a step: the limits of the policy hold, and what is left out is told.
#include "core/run/actions.hpp"
#include "core/sys/host.hpp"
#include "file_engine.hpp"
#include "tests/support/sandbox.hpp"

#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <filesystem>

namespace recover {
namespace {

namespace fs = std::filesystem;

class Unpack : public testing::Test {
 protected:
  Unpack() {
    for (const char* name : {"tree/a", "tree/b", "tree/c"}) sandbox.write(name, name);
    fs::create_symlink("/srv/tables", sandbox.path("tree/made"));
    fs::create_symlink("/srv/lost", sandbox.path("tree/lost"));
    fs::create_directories(sandbox.path("source"));
    test::Sandbox::run({"tar", "-cf", sandbox.path("source/base.tar"), "-C", sandbox.path("tree"), "."});
    plan.steps = {{"unpack",
                   "staged",
                   "unpack",
                   UnpackArchive{sandbox.path("source"), "base.tar", to, ""},
                   UndoNothing{},
                   {}},
                  {"link", "staged", "link", MakeLink{to + "/made", "/elsewhere", ""}, UndoNothing{}, {}}};
  }

  Result<void> perform() {
    StepContext step{*host, progress, {}, sandbox.path("run")};
    run::ActionContext context{plan, engine, policy, step, item};
    return run::perform(plan.steps.front(), context);
  }

  const test::Sandbox sandbox;
  const std::string to = sandbox.path("target");
  test::NoLog log;
  test::NoProgress progress;
  std::unique_ptr<Host> host = sys::make_host(log);
  test::FileEngine::Faults faults;
  test::FileEngine engine{&faults};
  run::Policy policy;
  Plan plan;
  ItemReport item;
};

TEST_F(Unpack, NamesTheLinksThatNobodyMakes) {
  policy.min_free = 0;
  ASSERT_TRUE(perform());
  ASSERT_TRUE(perform()) << "a repeated step warns once";
  EXPECT_EQ(test::content_of(to + "/b"), "tree/b");
  EXPECT_FALSE(fs::exists(fs::symlink_status(to + "/lost")));
  ASSERT_EQ(item.warnings.size(), 1U);
  EXPECT_NE(item.warnings[0].find("lost -> /srv/lost"), std::string::npos) << item.warnings[0];
}

TEST_F(Unpack, StopsAtTheNumberOfMembersThatThePolicyAllows) {
  policy.min_free = 0;
  policy.archive_max_entries = 3;
  const auto done = perform();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().id, "archive.limit_exceeded");
  EXPECT_FALSE(fs::exists(to + "/a"));
}

TEST_F(Unpack, LeavesTheSpaceThatMustStayFree) {
  struct ::statvfs space {};
  ASSERT_EQ(::statvfs(sandbox.path("source").c_str(), &space), 0);
  policy.min_free = std::uint64_t{space.f_blocks} * space.f_frsize;  // more than can be free
  const auto done = perform();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().id, "disk.not_enough_space");
}

}  // namespace
}  // namespace recover
