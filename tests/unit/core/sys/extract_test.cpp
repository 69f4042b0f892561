#include "core/sys/extract.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/model/silent.hpp"
#include "core/sys/account.hpp"
#include "core/sys/member_judge.hpp"
#include "core/sys/source_files.hpp"
#include "tests/support/sandbox.hpp"

namespace recover::sys {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Counting final : public Silent {
 public:
  void advance(Bytes done) override { bytes += done; }
  Bytes bytes;
};

class Extract : public ::testing::Test {
 protected:
  void SetUp() override { options_.directory = box_.path("out/data"); }

  /// Writes source/a.tar with Python's tarfile: `members` are calls of f(name, content), d(name),
  /// l(name, target, type), dev(name, type), mode(name, mode).
  void pack(const std::string& members, const std::string& compression = "") {
    const std::string script =
        "import tarfile, io, sys\n"
        "t = tarfile.open(sys.argv[1], 'w:' + sys.argv[2], format=tarfile.PAX_FORMAT)\n"
        "def add(n, ty=tarfile.REGTYPE, c=b'', link='', mode=0o644):\n"
        "  i = tarfile.TarInfo(n); i.type = ty; i.size = len(c); i.linkname = link; i.mode = mode\n"
        "  t.addfile(i, io.BytesIO(c))\n"
        "def f(n, c=b'x'): add(n, c=c)\n"
        "def d(n): add(n, tarfile.DIRTYPE, mode=0o755)\n"
        "def l(n, to, ty=tarfile.SYMTYPE): add(n, ty, link=to)\n"
        "def hard(n, to): l(n, to, tarfile.LNKTYPE)\n"
        "def dev(n, ty): add(n, ty)\n"
        "def mode(n, m): add(n, c=b'x', mode=m)\n" +
        members + "\nt.close()\n";
    const auto made =
        test::Sandbox::run({"/usr/bin/python3", "-c", script, box_.path("source/a.tar"), compression});
    ASSERT_EQ(made.exit, 0) << made.err;
  }

  Result<ExtractOutcome> unpack() {
    auto root = open_source_root(box_.source());
    EXPECT_TRUE(root);
    return extract_source_archive(root->get(), "a.tar", options_, progress_,
                                  CancellationToken(stop_.get_token()));
  }

  std::string content(const std::string& path) {
    std::ifstream in(options_.directory + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  struct ::stat status(const std::string& path) {
    struct ::stat found {};
    EXPECT_EQ(::lstat((options_.directory + "/" + path).c_str(), &found), 0) << path;
    return found;
  }

  test::Sandbox box_;
  ExtractOptions options_;
  Counting progress_;
  std::stop_source stop_;
};

TEST_F(Extract, FilesAndDirectoriesGetOurOwnerAndModes) {
  pack(
      "d('.')\nd('base')\nd('base/1')\nf('base/1/112', b'data')\nf('./PG_VERSION', b'16\\n')\nf('no/parent', "
      "b'p')",
      "gz");
  box_.protect(box_.source());
  options_.owner = "postgres";
  auto outcome = unpack();
  ASSERT_TRUE(outcome) << outcome.error().cause;
  EXPECT_EQ(outcome->files, 3U);
  EXPECT_EQ(outcome->directories, 3U);
  EXPECT_EQ(outcome->bytes, Bytes{8});
  EXPECT_EQ(content("base/1/112"), "data");
  EXPECT_EQ(content("PG_VERSION"), "16\n");
  EXPECT_EQ(content("no/parent"), "p");
  const auto owner = find_account("postgres");
  for (const std::string path : {"", "base", "base/1", "no"}) {
    EXPECT_EQ(status(path).st_mode & 07777U, 0700U) << path;
    EXPECT_EQ(status(path).st_uid, owner->user) << path;
  }
  EXPECT_EQ(status("PG_VERSION").st_mode & 07777U, 0600U);
  EXPECT_EQ(status("PG_VERSION").st_gid, owner->group);
}

TEST_F(Extract, EveryUnsafeMemberIsNamedAndNothingIsWritten) {
  const std::vector<std::pair<std::string, std::string>> attacks{
      {"f('../escaped')", "../escaped"},
      {"f('a/../../escaped')", "a/../../escaped"},
      {"f('a/..')", "a/.."},
      {"f('/var/tmp/recover-escaped')", "/var/tmp/recover-escaped"},
      {"l('ln', '../..'); f('ln/escaped')", "ln/escaped"},
      {"l('x', '/etc'); d('x'); f('x/escaped')", "x/escaped"},
      {"d('y'); l('y', '/etc'); f('y/escaped')", "y/escaped"},
      {"l('z', 'PG_VERSION'); f('z')", "z: "},
      {"hard('h', '/etc/passwd')", "h: a hard link"},
      {"hard('h', '../../etc/passwd')", "h: a hard link"},
      {"hard('h', 'not-there')", "h: a hard link"},
      {"l('s', '/etc/passwd'); hard('h', 's')", "h: a hard link"},
      {"dev('null', tarfile.CHRTYPE)", "null: a device"},
      {"dev('sda', tarfile.BLKTYPE)", "sda: a device"},
      {"dev('PG_VERSION', tarfile.FIFOTYPE)", "PG_VERSION: a device"},
      {"mode('suid', 0o4755)", "suid: "},
      {"mode('sgid', 0o2755)", "sgid: "},
      {"f('n' * 256)", "255 bytes"},
      {"f('d/' * 2100 + 'deep')", "too long"},
      {"f('file'); f('file/below')", "file/below"},
  };
  std::string all = "f('good', b'good')\n";
  for (const auto& [members, name] : attacks) {
    pack("f('good', b'good')\n" + members);
    auto outcome = unpack();
    ASSERT_FALSE(outcome) << members;
    EXPECT_EQ(outcome.error().id, "archive.unsafe_entry") << members << outcome.error().cause;
    EXPECT_EQ(outcome.error().exit, ExitCode::security);
    EXPECT_THAT(outcome.error().cause, HasSubstr(name));
    EXPECT_EQ(outcome.error().cause.find("good:"), std::string::npos);
    EXPECT_FALSE(fs::exists(options_.directory)) << members;
    all += members + "\n";
  }
  pack(all);
  EXPECT_GE(list_fact(unpack().error().facts, "members").size(), attacks.size());
  EXPECT_EQ(fs::exists("/var/tmp/recover-escaped"), false);
  EXPECT_FALSE(fs::exists(box_.path("escaped")));
  EXPECT_FALSE(fs::exists(box_.path("out")));
}

TEST_F(Extract, TheWriterItselfRefusesWhenTheCheckWasLeftOut) {
  pack("f('good')\nf('../escaped')");
  auto root = open_source_root(box_.source());
  auto file = open_source_file(root->get(), "a.tar", nullptr);
  auto bytes = file_source(file->get());
  auto reader = open_archive(*bytes, "a.tar");
  EXPECT_EQ(extract(**reader, options_, progress_, {}).error().id, "archive.unsafe_entry");
  EXPECT_FALSE(fs::exists(box_.path("out/escaped")));
}

TEST_F(Extract, ALinkThatWaitsInTheTargetIsNotFollowed) {
  pack("f('base/escaped')");
  box_.make_directory("out/data");
  fs::create_symlink(box_.path(""), box_.path("out/data/base"));
  EXPECT_FALSE(unpack());
  EXPECT_FALSE(fs::exists(box_.path("escaped")));
}

TEST_F(Extract, SymbolicLinksAreToldAndNotMade) {
  pack("d('pg_tblspc')\nl('pg_tblspc/16400', '/srv/ts')");
  auto outcome = unpack();
  ASSERT_TRUE(outcome) << outcome.error().cause;
  ASSERT_EQ(outcome->links.size(), 1U);
  EXPECT_EQ(outcome->links[0], (std::pair<std::string, std::string>{"pg_tblspc/16400", "/srv/ts"}));
  EXPECT_TRUE(fs::is_empty(options_.directory + "/pg_tblspc"));
}

TEST_F(Extract, HardLinksBecomeCopies) {
  pack("f('a', b'same')\nhard('b', './a')");
  ASSERT_TRUE(unpack());
  EXPECT_EQ(content("b"), "same");
  EXPECT_EQ(status("b").st_nlink, 1U);
  EXPECT_NE(status("a").st_ino, status("b").st_ino);
}

TEST_F(Extract, AnInterruptedExtractionIsRepeated) {
  pack("f('a', b'new')\nf('b', b'first')\nf('b', b'second')");
  box_.write("out/data/a", "half written and longer");
  ASSERT_TRUE(unpack());
  ASSERT_TRUE(unpack());
  EXPECT_EQ(content("a"), "new");
  EXPECT_EQ(content("b"), "second") << "the later one counts, as tar does";
}

TEST_F(Extract, BombsOfZerosBecomeHolesAndOthersMeetTheLimit) {
  pack("f('zeros', bytes(64 << 20) + b'end')", "gz");
  auto outcome = unpack();
  ASSERT_TRUE(outcome) << outcome.error().cause;
  EXPECT_EQ(status("zeros").st_size, (64 << 20) + 3);
  EXPECT_LT(status("zeros").st_blocks * 512, 1 << 20);
  fs::remove_all(options_.directory);

  pack("f('bomb', b'A' * (16 << 20))", "gz");
  options_.max_bytes = 10 << 20;
  outcome = unpack();
  EXPECT_EQ(outcome.error().id, "archive.limit_exceeded");
  EXPECT_FALSE(fs::exists(options_.directory)) << "seen before anything was written";
  options_.max_bytes = 0;
  options_.reserve = UINT64_MAX;
  EXPECT_EQ(unpack().error().id, "disk.not_enough_space");

  pack("for i in range(50): f('f%d' % i)");
  options_.reserve = 0;
  options_.max_entries = 49;
  EXPECT_EQ(unpack().error().id, "archive.limit_exceeded");
}

TEST_F(Extract, AFullDiskIsToldApart) {
  box_.make_directory("out");
  ASSERT_EQ(::mount("none", box_.path("out").c_str(), "tmpfs", 0, "size=1m"), 0) << "this test needs root";
  pack("f('big', b'A' * (4 << 20))");
  auto outcome = unpack();
  EXPECT_EQ(outcome.error().exit, ExitCode::disk_space);
  ::umount(box_.path("out").c_str());
}

TEST_F(Extract, ADamagedOrCutArchiveWritesNothing) {
  pack("import random\nrandom.seed(1)\nf('a', random.randbytes(200000))", "gz");
  const auto size = fs::file_size(box_.path("source/a.tar"));
  fs::resize_file(box_.path("source/a.tar"), size - 5);
  auto outcome = unpack();
  EXPECT_EQ(outcome.error().id, "archive.truncated");
  EXPECT_FALSE(fs::exists(options_.directory));
}

TEST_F(Extract, StopsWhenCancelled) {
  pack("f('a')");
  stop_.request_stop();
  EXPECT_EQ(unpack().error().id, "run.cancelled");
}

TEST(MemberNames, AreCleanedAndAZeroByteIsRefused) {
  EXPECT_EQ(cleaned_path("./a//b/./c/"), "a/b/c");
  EXPECT_EQ(cleaned_path("./"), "");
  MemberJudge judge(4096);
  Member member;
  member.type = EntryType::file;
  member.path = std::string("a\0b", 3);
  EXPECT_NE(judge.judge(member).flaw, "");
  member.path = "";
  EXPECT_NE(judge.judge(member).flaw, "");
  member.path = "a..b/...";
  EXPECT_EQ(judge.judge(member).flaw, "") << "dots inside a name are harmless";
}

}  // namespace
}  // namespace recover::sys
