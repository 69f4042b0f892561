// What a failed run leaves for a person with --keep-temp: where it says, for nobody else's eyes, with no
// server running in it, untouched by later runs, and gone after `recover cleanup`.
#include "tests/support/dumping.hpp"

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;

/// Its second statement is refused by every server.
constexpr const char* broken_dump =
    "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (i integer);\n"
    "CREATE INDEX broken ON public.nowhere (i);\n--\n-- PostgreSQL database dump complete\n--\n\n";

class KeepTemp : public Dumping {
 protected:
  void SetUp() override { fs::create_directories(box.source()); }

  /// The one directory of this kind that is there.
  [[nodiscard]] std::string kept(const std::string& kind) const {
    std::vector<std::string> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(box.state() + "/" + kind, none))
      found.push_back(entry.path().string());
    EXPECT_EQ(found.size(), 1U) << kind;
    return found.empty() ? std::string{} : found.front();
  }
  void expect_private(const std::string& directory) {
    EXPECT_EQ(fs::status(directory).permissions(), fs::perms::owner_all) << directory;
    EXPECT_EQ(processes_below(box.state()), 0);
  }
  void expect_cleaned(const std::string& directory) {
    const Outcome planned = box.recover({"cleanup", "--dry-run"});
    EXPECT_THAT(planned.out, HasSubstr(directory)) << planned.err;
    const Outcome cleaned = box.recover({"cleanup", "--yes"});
    EXPECT_EQ(cleaned.exit, 0) << cleaned.err;
    EXPECT_FALSE(fs::exists(directory));
  }
};

TEST_F(KeepTemp, TheHalfLoadedClusterStaysUntilCleanup) {
  box.write("source/shop.sql", broken_dump);
  const Answer answer = recover(major, {"--keep-temp"});
  EXPECT_EQ(answer.exit, 3) << answer.told();
  const std::string said = "the copy is kept in ";
  const std::string told = answer.document.dump();
  ASSERT_THAT(told, HasSubstr(said));
  const std::size_t begin = told.find(said) + said.size();
  const std::string staging = told.substr(begin, told.find(' ', begin) - begin);
  expect_private(staging);
  EXPECT_TRUE(fs::exists(staging + "/data/PG_VERSION"));
  expect_cleaned(staging);
}

TEST_F(KeepTemp, WithoutItNothingStays) {
  box.write("source/shop.sql", broken_dump);
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  const Outcome planned = box.recover({"cleanup", "--dry-run"});
  EXPECT_THAT(planned.out, HasSubstr("Nothing to remove")) << planned.out;
}

TEST_F(KeepTemp, ARestoreTestThatFailedStaysBesideLaterOnes) {
  box.write("source/shop.sql", broken_dump);
  const std::vector<std::string> test{"verify",     box.source(), "--restore-test", "--json",
                                      "--min-free", "100MB",      "--bindir",       server_programs(major)};
  std::vector<std::string> keeping = test;
  keeping.emplace_back("--keep-temp");
  const Outcome failed = box.recover(keeping);
  EXPECT_EQ(failed.exit, 3) << failed.out << failed.err;
  const std::string directory = kept("restore-tests");
  EXPECT_THAT(failed.out, HasSubstr(directory)) << "the report says where";
  expect_private(directory);
  static_cast<void>(box.recover(test));
  EXPECT_EQ(kept("restore-tests"), directory) << "the second one is gone, the first is there";
  expect_cleaned(directory);
}

TEST_F(KeepTemp, StoredStandardInputStays) {
  box.write("broken.sql", broken_dump);
  const Outcome failed =
      Sandbox::run({"bash", "-c",
                    std::string(RECOVER_PROGRAM) + " --state-dir " + box.state() +
                        " - --yes --keep-temp --validate-first --min-free 100MB --bindir " +
                        server_programs(major) + " < " + box.path("broken.sql")});
  EXPECT_EQ(failed.exit, 3) << failed.out << failed.err;
  const std::string directory = kept("spool");
  EXPECT_THAT(failed.err, HasSubstr(directory));
  EXPECT_EQ(content_of(directory + "/stdin"), broken_dump);
  expect_private(directory);
  expect_cleaned(directory);
}

TEST_F(KeepTemp, WhatWasUnpackedForPgRestoreStays) {
  Cluster original(box, major, "original");
  original.start();
  static_cast<void>(original.sql("CREATE DATABASE shop"));
  static_cast<void>(original.sql("CREATE TABLE t AS SELECT 1 AS number", "shop"));
  dump_to("shop", "pg_dump", {"-Fd", "--compress=0", "shop"}, {original.sockets()});
  for (const auto& entry : fs::directory_iterator(box.source() + "/shop")) {
    if (entry.path().extension() == ".dat" && entry.path().filename() != "toc.dat")
      std::ofstream(entry.path()) << "no number\n\\.\n\n\n";
  }
  const std::string packed = box.path("shop.tar.gz");
  ASSERT_EQ(Sandbox::run({"tar", "-C", box.source(), "-caf", packed, "shop"}).exit, 0);
  fs::remove_all(box.source());
  fs::create_directories(box.source());
  fs::rename(packed, box.source() + "/shop.tar.gz");
  const Answer answer = recover(major, {"--keep-temp"});
  EXPECT_EQ(answer.exit, 3) << answer.told();
  const std::string directory = kept("spool");
  EXPECT_THAT(answer.document.dump(), HasSubstr(directory));
  expect_private(directory);
  expect_cleaned(directory);
}

}  // namespace
}  // namespace recover::test
