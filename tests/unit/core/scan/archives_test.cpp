// Looking into archives: what is inside is found without unpacking, hostile and broken ones end in an
// error that says where, and what came before the damage is kept.
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
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

void must_run(const std::vector<std::string>& command) {
  const auto result = Sandbox::run(command);
  ASSERT_EQ(result.exit, 0) << command[0] << " (is its package installed?): " << result.err;
}

/// A tree with a box directory and a dump, packed as `name` below source.
void pack(const Sandbox& box, const std::string& name, const std::string& option) {
  box.write("pack/srv/box/BOX_VERSION", "9\n");
  box.write("pack/srv/box/store/control", "identity-9");
  box.write("pack/srv/box/store/data", std::string(200'000, 'd'));
  box.write("pack/dumps/all", "BOXFILE a dump ................");
  box.make_directory("source");
  must_run({"tar", "-C", box.path("pack"), "--sort=name", option, "-cf", box.path("source/" + name), "."});
}

TEST(ScanArchives, PlainAndCompressedTarsAreLookedInto) {
  for (const char* option : {"--no-auto-compress", "--gzip", "--zstd", "--xz", "--bzip2"}) {
    Sandbox box;
    pack(box, "backup", option);
    box.protect(box.source());
    const Outcome outcome = scan_boxes(box.source());
    EXPECT_THAT(paths(outcome), UnorderedElementsAre("backup!srv/box", "backup!dumps/all")) << option;
    EXPECT_THAT(outcome.errors, IsEmpty());
    const Finding& directory =
        outcome.survey.findings[outcome.survey.findings[0].path == "backup!srv/box" ? 0 : 1];
    EXPECT_EQ(directory.version.text, "9");
    EXPECT_EQ(directory.identity, "identity-9");
    EXPECT_EQ(directory.size.logical.count, 2U + 10 + 200'000);
    EXPECT_EQ(text_fact(directory.facts, "archive"), "backup");
  }
}

TEST(ScanArchives, NotWhenAskedNotTo) {
  Sandbox box;
  pack(box, "backup.tar", "--no-auto-compress");
  Options options;
  options.source = box.source();
  options.look_inside_archives = false;
  EXPECT_THAT(paths(scan_boxes(options)), IsEmpty());
}

TEST(ScanArchives, AnArchiveInAnArchiveIsStreamed) {
  Sandbox box;
  pack(box, "inner.tar.gz", "--gzip");
  box.write("source/compressed", "BOXFILE in a compressed member ....");
  must_run({"gzip", box.path("source/compressed")});
  box.make_directory("outer");
  must_run({"tar", "-C", box.source(), "-czf", box.path("outer/outer.tgz"), "."});
  const Outcome outcome = scan_boxes(box.path("outer"));
  EXPECT_THAT(paths(outcome),
              UnorderedElementsAre("outer.tgz!inner.tar.gz!srv/box", "outer.tgz!inner.tar.gz!dumps/all",
                                   "outer.tgz!compressed.gz"));

  box.make_directory("third");
  must_run({"tar", "-C", box.path("outer"), "-cf", box.path("third/third.tar"), "."});
  const Outcome deeper = scan_boxes(box.path("third"));
  EXPECT_THAT(paths(deeper), ElementsAre("third.tar!outer.tgz!compressed.gz"));
  EXPECT_THAT(deeper.warnings, ElementsAre(HasSubstr("nested deeper than 2")));
}

TEST(ScanArchives, EntriesHaveALimit) {
  Sandbox box;
  for (int i = 0; i < 300; ++i) box.write("pack/f" + std::to_string(i), "");
  pack(box, "many.tar.gz", "--gzip");
  Options options;
  options.source = box.source();
  options.limits.archive_max_entries = 100;
  EXPECT_THAT(error_ids(scan_boxes(options)), ElementsAre("archive.limit_exceeded"));
}

TEST(ScanArchives, AStreamOfZerosIsOnlyLookedAt) {
  Sandbox box;
  box.make_directory("source");
  fs::path zeros = box.path("source/zeros");
  box.write("source/zeros", "");
  fs::resize_file(zeros, 200 << 20);
  must_run({"gzip", "-1", zeros.string()});
  const Outcome outcome = scan_boxes(box.source());
  EXPECT_THAT(paths(outcome), IsEmpty());
  EXPECT_THAT(outcome.errors, IsEmpty());
}

TEST(ScanArchives, UnsafeMembersAreNamedAndTheRestIsUsed) {
  Sandbox box;
  pack(box, "evil.tar", "--no-auto-compress");
  must_run({"tar", "-C", box.path("pack/dumps"), "-P", "--transform", "s,all,../escaped,", "-rf",
            box.path("source/evil.tar"), "all"});
  must_run({"mkfifo", box.path("pack/pipe")});
  must_run({"tar", "-C", box.path("pack"), "-rf", box.path("source/evil.tar"), "pipe"});
  const Outcome outcome = scan_boxes(box.source());
  ASSERT_THAT(error_ids(outcome), ElementsAre("archive.unsafe_entry"));
  EXPECT_THAT(outcome.errors[0].cause, HasSubstr("../escaped"));
  EXPECT_THAT(outcome.errors[0].cause, HasSubstr("pipe"));
  EXPECT_THAT(paths(outcome), UnorderedElementsAre("evil.tar!srv/box", "evil.tar!dumps/all"));
}

TEST(ScanArchives, ATruncatedArchiveIsAnErrorAndKeepsWhatCameBefore) {
  Sandbox box;
  pack(box, "whole.tar.gz", "--gzip");
  const auto size = fs::file_size(box.path("source/whole.tar.gz"));
  bool found_something = false;
  for (unsigned percent = 2; percent < 100; percent += 7) {
    const std::string cut = box.path("cut.tar.gz");
    fs::copy_file(box.path("source/whole.tar.gz"), cut, fs::copy_options::overwrite_existing);
    fs::resize_file(cut, size * percent / 100);
    const Outcome outcome = scan_boxes(cut);
    EXPECT_THAT(error_ids(outcome), AnyOf(ElementsAre("archive.truncated"), ElementsAre("archive.damaged")))
        << percent;
    for (const auto& found : outcome.survey.findings) {
      found_something = true;
      EXPECT_NE(found.health.state, HealthState::ok);
      EXPECT_THAT(found.health.notes, Not(IsEmpty()));
    }
  }
  EXPECT_TRUE(found_something);
}

TEST(ScanArchives, WhatAnEngineClaimsIsNotSearchedForArchives) {
  Sandbox box;
  pack(box, "store.tar", "--no-auto-compress");
  box.write("source/BOX_VERSION", "3\n");
  box.make_directory("source/store");
  EXPECT_THAT(paths(scan_boxes(box.source())), ElementsAre(""));
}

}  // namespace
}  // namespace recover::scan::test
