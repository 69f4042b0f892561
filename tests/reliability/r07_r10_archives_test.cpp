// R07, R08, R10: archives that attack, exhaust, or end too early.
#include "tests/support/json.hpp"
#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

TEST(R07, EveryUnsafeMemberIsNamedAndNothingIsExtracted) {
  Sandbox box;
  const std::string archives = fixture("archives");
  for (const char* name :
       {"dotdot", "deep_dotdot", "absolute", "device", "block_device", "fifo", "hard_link_out"}) {
    const Outcome run = box.recover({"scan", archives + "/" + name + ".tar", "--json"});
    EXPECT_EQ(run.exit, 14) << name << run.out << run.err;
    EXPECT_THAT(error_ids(parse_document(run.out)), Contains("archive.unsafe_entry")) << name;
  }
  const Outcome all = box.recover({archives + "/evil.tar", "--yes"});
  EXPECT_EQ(all.exit, 14) << all.err;
  for (const char* member : {"../escaped", "/tmp/recover-escaped", "null", "pipe"}) {
    EXPECT_THAT(all.out + all.err, HasSubstr(member));
  }
  EXPECT_FALSE(fs::exists("/tmp/recover-escaped"));
  EXPECT_FALSE(fs::exists("/etc/recover-escaped"));
  EXPECT_FALSE(fs::exists(box.state() + "/instances/escaped"));
}

TEST(R08, LimitsStopBombs) {
  Sandbox box;
  const std::string archives = fixture("archives");
  box.write("limits.conf", "[limits]\nmax_entries=1000\n");
  const Outcome many =
      box.recover({"scan", archives + "/many.tar.gz", "--json", "--config", box.path("limits.conf")});
  EXPECT_EQ(many.exit, 14) << many.err;
  EXPECT_THAT(error_ids(parse_document(many.out)), Contains("archive.limit_exceeded"));

  // Nested deeper than two: not looked into, and that is said.
  const Outcome nested = box.recover({"scan", archives + "/nested.tar.gz", "--json"});
  EXPECT_THAT(nested.exit, AnyOf(5, 14)) << nested.err;
  EXPECT_THAT(nested.out, HasSubstr("nest"));

  // A compressed stream of zeros is only looked at, not unpacked.
  const Outcome zeros = box.recover({"scan", archives + "/zeros.sql.gz", "--json"});
  EXPECT_EQ(zeros.exit, 5) << zeros.err;
}

TEST(R10, AnArchiveCutAnywhereIsNeverASuccess) {
  Sandbox box;
  const std::string whole = fixture("archives") + "/honest.tar.gz";
  const auto size = fs::file_size(whole);
  const Outcome good = box.recover({"scan", whole});
  ASSERT_EQ(good.exit, 0) << good.err;
  for (unsigned percent = 1; percent < 100; percent += 3) {
    const std::string cut = box.path("cut.tar.gz");
    fs::copy_file(whole, cut, fs::copy_options::overwrite_existing);
    fs::resize_file(cut, size * percent / 100);
    const Outcome run = box.recover({"scan", cut, "--json"});
    EXPECT_EQ(run.exit, 3) << percent << " %: " << run.out << run.err;
    const auto ids = error_ids(parse_document(run.out));
    EXPECT_THAT(ids, AnyOf(Contains("archive.truncated"), Contains("archive.damaged"))) << percent;
  }
}

TEST(R10, AFlippedBitIsNeverASuccess) {
  Sandbox box;
  const std::string whole = fixture("archives") + "/honest.tar.gz";
  const auto size = fs::file_size(whole);
  for (unsigned percent = 10; percent < 100; percent += 20) {
    const std::string bad = box.path("bad.tar.gz");
    fs::copy_file(whole, bad, fs::copy_options::overwrite_existing);
    std::fstream file(bad, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(size * percent / 100));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(size * percent / 100));
    file.put(static_cast<char>(byte ^ 0x10));
    file.close();
    const Outcome run = box.recover({"scan", bad, "--json"});
    EXPECT_EQ(run.exit, 3) << percent << " %: " << run.out << run.err;
  }
}

}  // namespace
}  // namespace recover::test
