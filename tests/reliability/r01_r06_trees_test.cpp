// R01-R06: trees without databases, unreadable ones, hostile ones. The program answers in words and
// numbers, reads nothing outside the tree and changes nothing inside it.
#include "tests/support/json.hpp"
#include "tests/support/sandbox.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(R01, EmptyDirectoryIsNothingFoundAndSaysWhatWasLookedFor) {
  Sandbox box;
  box.protect(box.source());
  const Outcome run = box.recover({"scan", box.source()});
  EXPECT_EQ(run.exit, 5) << run.err;
  EXPECT_THAT(run.out + run.err, HasSubstr("scan.nothing_found"));
  EXPECT_THAT(run.out + run.err, HasSubstr("PostgreSQL"));
  const Outcome json = box.recover({"scan", box.source(), "--json"});
  EXPECT_EQ(json.exit, 5);
  EXPECT_THAT(error_ids(parse_document(json.out)), Contains("scan.nothing_found"));
}

TEST(R02, MissingAndUnreadableSourcesAreNeverMixedUp) {
  Sandbox box;
  const Outcome missing = box.recover({"scan", box.path("no-such-place")});
  EXPECT_EQ(missing.exit, 5);
  EXPECT_THAT(missing.err, HasSubstr("source.not_found"));
  EXPECT_THAT(missing.err, HasSubstr("no such file or directory"));

  box.write("source/x", "data");
  ::chmod(box.source().c_str(), 0700);
  const Outcome refused =
      Sandbox::run({RECOVER_PROGRAM, "--state-dir", "/var/tmp", "scan", box.source()}, "/", "daemon");
  EXPECT_EQ(refused.exit, 1) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("source.unreadable"));
  EXPECT_THAT(refused.err, HasSubstr("ermission denied"));
}

TEST(R03, ManyFilesWithoutADatabase) {
  // 20,000 files here; the 1,000,000 of the case are in tests/bench/scan.sh.
  Sandbox box;
  for (int directory = 0; directory < 200; ++directory) {
    const std::string base = "source/d" + std::to_string(directory);
    box.make_directory(base);
    for (int file = 0; file < 100; ++file) {
      const std::string path = box.path(base + "/f" + std::to_string(file));
      const int descriptor = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
      ASSERT_GE(descriptor, 0);
      ASSERT_EQ(::write(descriptor, path.data(), path.size()), static_cast<ssize_t>(path.size()));
      ::close(descriptor);
    }
  }
  box.protect(box.source());
  const Outcome run = box.recover({"scan", box.source(), "--json"});
  EXPECT_EQ(run.exit, 5) << run.err;
  EXPECT_GE(parse_document(run.out)["source"]["entries"].get<int>(), 20200);
}

TEST(R04, PgVersionOfEveryWrongKind) {
  Sandbox box;
  for (const char* name : {"fifo", "device", "link", "huge", "ninety_nine", "empty"}) {
    box.make_directory("source/" + std::string(name) + "/base");
    box.make_directory("source/" + std::string(name) + "/global");
  }
  ASSERT_EQ(::mkfifo(box.path("source/fifo/PG_VERSION").c_str(), 0644), 0);
  if (::getuid() == 0) {
    ASSERT_EQ(::mknod(box.path("source/device/PG_VERSION").c_str(), S_IFCHR | 0644, makedev(1, 5)), 0);
  }
  std::filesystem::create_symlink("/etc/passwd", box.path("source/link/PG_VERSION"));
  box.write("source/huge/PG_VERSION", "15\n");
  ASSERT_EQ(::truncate(box.path("source/huge/PG_VERSION").c_str(), 1 << 30), 0);
  box.write("source/ninety_nine/PG_VERSION", "99\n");
  box.write("source/empty/PG_VERSION", "");
  const Outcome run = Sandbox::run(
      {"timeout", "60", RECOVER_PROGRAM, "--state-dir", box.state(), "scan", box.source(), "--json"});
  EXPECT_THAT(run.exit, ::testing::AnyOf(0, 5)) << run.err;
  const auto document = parse_document(run.out);
  for (const auto& found : document["databases"]) {
    EXPECT_NE(found["confidence"], "certain") << found.dump(2);
    EXPECT_NE(found["health"]["state"], "ok") << found.dump(2);
    EXPECT_THAT(found.dump(), Not(HasSubstr("root:x:0"))) << "read outside the tree";
  }
}

TEST(R05, LoopsAndDeepNestingEnd) {
  Sandbox box;
  box.make_directory("source/a");
  std::filesystem::create_symlink("..", box.path("source/a/up"));
  std::filesystem::create_symlink("self", box.path("source/self"));
  int at = ::open(box.source().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int depth = 0; depth < 3000; ++depth) {  // far beyond PATH_MAX
    ASSERT_EQ(::mkdirat(at, "deeper", 0755), 0);
    const int next = ::openat(at, "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(at);
    at = next;
  }
  ::close(at);
  const Outcome run = Sandbox::run(
      {"timeout", "60", RECOVER_PROGRAM, "--state-dir", box.state(), "scan", box.source(), "--json"});
  EXPECT_EQ(run.exit, 5) << run.err;
  EXPECT_THAT(parse_document(run.out)["warnings"].dump(), HasSubstr("deep"));
  // std::filesystem::remove_all cannot remove such a path; rm can.
  Sandbox::run({"rm", "-rf", box.source()});
}

TEST(R06, NamesOfEveryKindNeverReachTheScreenRaw) {
  Sandbox box;
  const std::string evil = std::string("new\nline \x1b[31m \xe2\x80\xae rtl \xff\xfe \"quote' -dash");
  box.make_directory("source/" + evil);
  const std::string snapshot =
      std::string("REDIS0009\xfa\x09redis-ver\x05") + "6.0.9\xff" + std::string(8, '\0');
  box.write("source/" + evil + "/-dump.rdb", snapshot);
  box.protect(box.source());
  const Outcome text = box.recover({"scan", box.source(), "--color", "never"});
  EXPECT_EQ(text.exit, 0) << text.err;
  EXPECT_EQ(text.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.out.find("\xe2\x80\xae"), std::string::npos)
      << "a right-to-left override reached the screen";
  EXPECT_THAT(text.out, HasSubstr("\\x1b"));
  const Outcome json = box.recover({"scan", box.source(), "--json"});
  const auto document = parse_document(json.out);
  ASSERT_EQ(document["databases"].size(), 1U) << json.out;
  EXPECT_TRUE(document["databases"][0].contains("path_b64")) << json.out;
}

}  // namespace
}  // namespace recover::test
