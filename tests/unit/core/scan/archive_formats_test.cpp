// Archives other than tar, archives with more in them than memory may hold, and tars of which only the
// heads and ends are read.
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/scan/fake_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace recover::scan::test {
namespace {

namespace fs = std::filesystem;
using recover::test::Sandbox;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

void must_run(const std::vector<std::string>& command) {
  const auto result = Sandbox::run(command);
  ASSERT_EQ(result.exit, 0) << command[0] << " (package libarchive-tools for bsdtar): " << result.err;
}

void write_databases(const Sandbox& box) {
  box.write("pack/srv/box/BOX_VERSION", "9\n");
  box.write("pack/srv/box/store/control", "identity-9");
  box.write("pack/srv/box/store/data", std::string(200'000, 'd'));
  box.write("pack/dumps/all", "BOXFILE a dump ................" + std::string(300'000, '.'));
  box.make_directory("source");
}

class OtherFormats : public ::testing::TestWithParam<const char*> {};

TEST_P(OtherFormats, AreLookedInto) {
  Sandbox box;
  write_databases(box);
  must_run({"bsdtar", "-C", box.path("pack"), "--format", GetParam(), "-cf", box.path("source/backup"), "srv",
            "dumps"});
  box.protect(box.source());
  const Outcome outcome = scan_boxes(box.source());
  ASSERT_THAT(paths(outcome), UnorderedElementsAre("backup!srv/box", "backup!dumps/all"));
  EXPECT_THAT(error_ids(outcome), IsEmpty());
  const auto& findings = outcome.survey.findings;
  const Finding& directory = findings[findings[0].path == "backup!srv/box" ? 0 : 1];
  EXPECT_EQ(directory.version.text, "9");
  EXPECT_EQ(directory.identity, "identity-9");
  EXPECT_EQ(directory.size.logical.count, 2U + 10 + 200'000);
}

TEST_P(OtherFormats, ThatAreCutOffAreNeverWithoutAnError) {
  Sandbox box;
  write_databases(box);
  box.write("pack/dumps/noise", Sandbox::run({"head", "-c", "100000", "/dev/urandom"}).out);
  const std::string whole = box.path("whole");
  must_run({"bsdtar", "-C", box.path("pack"), "--format", GetParam(), "-cf", whole, "srv", "dumps"});
  for (const unsigned percent : {20U, 50U, 80U, 95U}) {
    fs::copy_file(whole, box.path("cut"), fs::copy_options::overwrite_existing);
    fs::resize_file(box.path("cut"), fs::file_size(whole) * percent / 100);
    EXPECT_THAT(error_ids(scan_boxes(box.path("cut"))),
                AnyOf(ElementsAre("archive.truncated"), ElementsAre("archive.damaged")))
        << percent;
  }
}

INSTANTIATE_TEST_SUITE_P(ScanArchives, OtherFormats, ::testing::Values("zip", "7zip", "newc", "odc"));

TEST(ScanArchives, A7zInATarIsNamedAsNotLookedInto) {
  Sandbox box;
  write_databases(box);
  must_run(
      {"bsdtar", "-C", box.path("pack"), "--format", "7zip", "-cf", box.path("inner.7z"), "srv", "dumps"});
  must_run({"tar", "-C", box.path("."), "-cf", box.path("source/outer.tar"), "inner.7z"});
  const Outcome outcome = scan_boxes(box.source());
  EXPECT_THAT(outcome.warnings, ElementsAre(HasSubstr("outer.tar!inner.7z")));
  EXPECT_THAT(error_ids(outcome), IsEmpty());
}

/// 60 members of 20 kB without anything, then `databases` with something.
void pack_many(const Sandbox& box, int databases) {
  for (int i = 0; i < 60; ++i) box.write("pack/a/" + std::to_string(100 + i), std::string(20'000, 'n'));
  for (int i = 0; i < databases; ++i)
    box.write("pack/b/" + std::to_string(100 + i), "BOXFILE " + std::string(20'000, 'd'));
  box.make_directory("source");
  must_run({"tar", "-C", box.path("pack"), "--sort=name", "-czf", box.path("source/many.tar.gz"), "a", "b"});
}

TEST(ScanArchives, HeadsThatShowNothingDoNotUseUpTheMemory) {
  Sandbox box;
  pack_many(box, 5);
  Options options;
  options.source = box.source();
  options.limits.archive_memory = 400'000;  // of the first 60 members only ten fit into half of it
  const Outcome outcome = scan_boxes(options);
  EXPECT_EQ(outcome.survey.findings.size(), 5U);
  EXPECT_THAT(outcome.warnings, IsEmpty());
}

TEST(ScanArchives, DatabasesBeyondTheMemoryAreCountedInAWarning) {
  Sandbox box;
  pack_many(box, 30);
  Options options;
  options.source = box.source();
  options.limits.archive_memory = 400'000;
  const Outcome outcome = scan_boxes(options);
  const auto found = outcome.survey.findings.size();
  EXPECT_GT(found, 5U);
  EXPECT_LT(found, 30U);
  EXPECT_THAT(outcome.warnings, ElementsAre(::testing::AllOf(
                                    HasSubstr("many.tar.gz: " + std::to_string(30 - found) + " members"),
                                    HasSubstr("archive_memory"))));
}

}  // namespace
}  // namespace recover::scan::test
