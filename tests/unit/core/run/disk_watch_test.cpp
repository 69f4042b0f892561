// A disk that fills up while a run goes on: each limit is told once, on a real small file system.
#include "core/run/disk_watch.hpp"

#include "core/sys/host.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/support/witness.hpp"

#include <gmock/gmock.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

using run::Space;
using run::SpaceLimits;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::uint64_t giga = 1'000'000'000;

std::string state_of(const std::optional<Notice>& notice) {
  return notice ? text_fact(notice->facts, "state") : "nothing";
}

TEST(SpaceLimits, EachIsToldOnce) {
  SpaceLimits limits(2 * giga);
  EXPECT_EQ(state_of(limits.judge({"/srv", 20 * giga, 80 * giga})), "nothing");
  const auto first = limits.judge({"/srv", 11 * giga, 89 * giga});
  EXPECT_EQ(state_of(first), "85");
  EXPECT_EQ(first->type, "disk_low");
  EXPECT_EQ(first->text, "/srv: 89 % used (11.0 GB free), may fail if more than that is needed");
  EXPECT_EQ(state_of(limits.judge({"/srv", 11 * giga, 89 * giga})), "nothing");
  EXPECT_EQ(state_of(limits.judge({"/srv", 4 * giga, 96 * giga})), "95") << "90 is passed too, and not told";
  const auto last = limits.judge({"/srv", giga, 99 * giga});
  EXPECT_EQ(state_of(last), "min_free");
  EXPECT_THAT(last->text, HasSubstr("less than the 2.0 GB that must stay free"));
  EXPECT_EQ(state_of(limits.judge({"/srv", 0, 100 * giga})), "nothing");
}

TEST(SpaceLimits, ALargeDiskCanBeShortAtAFewPercent) {
  SpaceLimits limits(2 * giga);
  EXPECT_EQ(state_of(limits.judge({"/srv", giga, 5 * giga})), "min_free");
  EXPECT_EQ(state_of(limits.judge({"/srv", 0, 0})), "nothing") << "told already";
}

TEST(DiskWatch, WarnsWhileTheDiskFillsAndTellsWhatIsUsed) {
  const Sandbox box;
  const std::string mount = box.path("small");
  std::filesystem::create_directory(mount);
  ASSERT_EQ(::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=8m"), 0) << "run the tests as root";
  Witness witness;
  const auto host = sys::make_host(witness);
  Plan plan;
  plan.target.staging = mount + "/.recover-01TEST";
  {
    const run::DiskWatch watch({plan}, 1000, witness, *host);
    std::filesystem::create_directory(plan.target.staging);
    std::ofstream(plan.target.staging + "/data") << std::string(7'300'000, 'x');
    EXPECT_THAT(witness.await("disk_low"), AllOf(HasSubstr(mount), HasSubstr("% used")));
    EXPECT_THAT(witness.await("log"), HasSubstr("% used"));
    EXPECT_THAT(witness.await("space"), AllOf(HasSubstr(plan.target.staging), HasSubstr("7.3 MB used")));
    ASSERT_EQ(watch.warnings().size(), 1U);
    EXPECT_THAT(watch.warnings()[0], HasSubstr("% used"));
  }
  EXPECT_EQ(::umount(mount.c_str()), 0);
}

TEST(DiskWatch, HasNothingToDoWhereNothingIsStaged) {
  Witness witness;
  const auto host = sys::make_host(witness);
  const std::vector<Plan> plans(1);  // into a running server
  const run::DiskWatch watch(plans, 0, witness, *host);
  EXPECT_TRUE(watch.warnings().empty());
}

}  // namespace
}  // namespace recover::test
