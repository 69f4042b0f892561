// --follow-symlinks=inside: what links lead to is looked at once, in its own place, never outside.
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/scan/fake_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace recover::scan::test {
namespace {

namespace fs = std::filesystem;
using recover::test::Sandbox;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const std::string dump = "BOXFILE .................";

Outcome scan_following(const Sandbox& box, std::vector<std::string> exclude = {"hidden"}) {
  Options options;
  options.source = box.source();
  options.follow_links_inside = true;
  options.exclude = std::move(exclude);
  return scan_boxes(options);
}

TEST(ScanLinks, LeadToWhatTheWalkDidNotReach) {
  Sandbox box;
  box.write("source/a/hidden/deep/x", dump);
  fs::create_directory_symlink("a/hidden/deep", box.path("source/current"));
  EXPECT_THAT(paths(scan_following(box)), ElementsAre("a/hidden/deep/x"));
  Options options;
  options.source = box.source();
  options.exclude = {"hidden"};
  EXPECT_THAT(paths(scan_boxes(options)), IsEmpty()) << "links are not followed unless asked for";
}

TEST(ScanLinks, ToADatabaseDirectoryMakeItReadable) {
  Sandbox box;
  box.write("source/hidden/box/BOX_VERSION", "7\n");
  box.write("source/hidden/box/store/control", "identity-7");
  fs::create_directory_symlink("hidden/box", box.path("source/main"));
  const Outcome outcome = scan_following(box);
  ASSERT_THAT(paths(outcome), ElementsAre("hidden/box"));
  EXPECT_EQ(outcome.survey.findings[0].version.text, "7");
  EXPECT_EQ(outcome.survey.findings[0].identity, "identity-7");
}

TEST(ScanLinks, ToAFileThatTheWalkDidNotReach) {
  Sandbox box;
  box.write("source/hidden/x", dump);
  fs::create_symlink("hidden/x", box.path("source/latest"));
  fs::create_symlink(box.path("source/hidden/x"), box.path("source/by_absolute_path"));
  EXPECT_THAT(paths(scan_following(box)), ElementsAre("hidden/x"));
}

TEST(ScanLinks, NothingIsFoundTwice) {
  Sandbox box;
  box.write("source/data/x", dump);
  fs::create_symlink("data/x", box.path("source/latest"));
  fs::create_directory_symlink("data", box.path("source/current"));
  fs::create_directory_symlink("current", box.path("source/link_to_a_link"));
  const Outcome outcome = scan_following(box);
  EXPECT_THAT(paths(outcome), ElementsAre("data/x"));
  EXPECT_THAT(outcome.warnings, IsEmpty());
}

TEST(ScanLinks, LoopsEnd) {
  Sandbox box;
  box.write("source/a/hidden/x", dump);
  fs::create_directory_symlink("..", box.path("source/a/up"));
  fs::create_directory_symlink("../..", box.path("source/a/hidden/further_up"));
  fs::create_directory_symlink("a/hidden", box.path("source/in"));
  fs::create_directory_symlink("b", box.path("source/c"));
  fs::create_directory_symlink("c", box.path("source/b"));
  EXPECT_THAT(paths(scan_following(box)), ElementsAre("a/hidden/x"));
}

TEST(ScanLinks, NeverLeadOutOfTheSource) {
  Sandbox box;
  box.write("outside/x", dump);
  box.make_directory("source/d");
  fs::create_directory_symlink("../outside", box.path("source/relative"));
  fs::create_directory_symlink("../../outside", box.path("source/d/relative"));
  fs::create_directory_symlink(box.path("outside"), box.path("source/absolute"));
  fs::create_symlink("relative/x", box.path("source/in_two_steps"));
  fs::create_directory_symlink("/proc/self/cwd", box.path("source/magic"));
  fs::create_symlink("nowhere", box.path("source/dangling"));
  const Outcome outcome = scan_following(box);
  EXPECT_THAT(paths(outcome), IsEmpty());
  EXPECT_THAT(outcome.warnings, ElementsAre(HasSubstr("5 symbolic links")));
}

TEST(ScanLinks, PartsOfAClaimedDirectoryAreNotSearched) {
  Sandbox box;
  box.write("source/box/BOX_VERSION", "7\n");
  box.write("source/box/store/control", "identity-7");
  box.write("source/box/store/part/x", dump);
  fs::create_directory_symlink("box/store/part", box.path("source/part"));
  EXPECT_THAT(paths(scan_following(box)), ElementsAre("box"));
}

TEST(ScanInclude, OnlyWhatMatchesIsLookedAt) {
  Sandbox box;
  box.write("source/backups/old/x", dump);
  box.write("source/backups/new/x", dump);
  box.write("source/backups/new/y", dump);
  box.write("source/pg/BOX_VERSION", "7\n");
  box.write("source/pg/store/control", "identity-7");
  Options options;
  options.source = box.source();
  options.include = {"new"};  // a directory's name: everything below it
  EXPECT_THAT(paths(scan_boxes(options)), UnorderedElementsAre("backups/new/x", "backups/new/y"));
  options.include = {"x"};  // a file's name, wherever it is
  EXPECT_THAT(paths(scan_boxes(options)), UnorderedElementsAre("backups/new/x", "backups/old/x"));
  options.include = {"backups/o*"};  // a path
  EXPECT_THAT(paths(scan_boxes(options)), ElementsAre("backups/old/x"));
  options.include = {"pg", "y"};
  EXPECT_THAT(paths(scan_boxes(options)), UnorderedElementsAre("backups/new/y", "pg"));
  options.exclude = {"pg"};  // is the stronger one
  EXPECT_THAT(paths(scan_boxes(options)), ElementsAre("backups/new/y"));
}

TEST(ScanInclude, ADirectoryOnTheWayIsNotADatabase) {
  Sandbox box;
  box.write("source/BOX_VERSION", "7\n");
  box.write("source/store/x", dump);
  Options options;
  options.source = box.source();
  options.include = {"x"};
  EXPECT_THAT(paths(scan_boxes(options)), ElementsAre("store/x"));
}

}  // namespace
}  // namespace recover::scan::test
