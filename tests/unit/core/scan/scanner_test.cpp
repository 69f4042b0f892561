// Whole scans of trees made for the purpose: what is found, what is not, and that hostile trees end.
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/scan/fake_engine.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace recover::scan::test {
namespace {

namespace fs = std::filesystem;
using recover::test::Sandbox;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

void make_box(const Sandbox& box, const std::string& at, const std::string& version = "7\n") {
  box.write(at + "/BOX_VERSION", version);
  box.write(at + "/store/control", "identity-1");
  box.write(at + "/store/deep/data", std::string(1000, 'x'));
}

TEST(Scan, ADirectoryIsOneFindingWithItsMeasuredSize) {
  Sandbox box;
  make_box(box, "source/srv/box");
  box.write("source/srv/box/store/more.boxfile", "BOXFILE inside a claimed directory");
  make_box(box, "source/srv/box/store/copy");
  box.protect(box.source());
  const Outcome outcome = scan_boxes(box.source());
  ASSERT_THAT(paths(outcome), ElementsAre("srv/box"));
  const Finding& found = outcome.survey.findings[0];
  EXPECT_EQ(found.id, "box-1");
  EXPECT_EQ(found.kind, "box directory");
  EXPECT_EQ(found.product, "Box");
  EXPECT_EQ(found.version.text, "7");
  EXPECT_EQ(found.size.files, 7U);
  EXPECT_EQ(found.size.logical.count, 2U + 10 + 1000 + 34 + 2 + 10 + 1000);
  EXPECT_GT(found.size.allocated.count, 0U);
  EXPECT_EQ(outcome.entries, 14U);
  EXPECT_FALSE(outcome.stopped_early);
}

TEST(Scan, TheSourceItselfMayBeTheDatabase) {
  Sandbox box;
  make_box(box, "source");
  EXPECT_THAT(paths(scan_boxes(box.source())), ElementsAre(""));
  EXPECT_EQ(scan_boxes(box.source() + "/").survey.root, box.source());
}

TEST(Scan, ADecoyIsSilentAndItsContentsAreSearched) {
  Sandbox box;
  make_box(box, "source/checkout", "not a number");
  box.write("source/checkout/store/dump", "BOXFILE real ............");
  box.write("source/other/dump", "BOXFILE decoy ...........");
  const Outcome outcome = scan_boxes(box.source());
  EXPECT_THAT(paths(outcome), ElementsAre("checkout/store/dump"));
  EXPECT_THAT(outcome.errors, IsEmpty());
}

TEST(Scan, ContentsDecideWhereNamesLeaveItOpen) {
  Sandbox box;
  box.write("source/no_extension", "BOXFILE 1 ...........");
  box.write("source/renamed.dat", "BOXFILE 2 ...........");
  box.write("source/photo.jpg", "BOXPAGES" + std::string(1016, 'p'));
  box.write("source/real_photo.jpg", "BOXPAGES" + std::string(1000, 'p'));
  box.write("source/code.c", "BOXFILE 3 ...........");
  box.write("source/tiny", "BOXFILE");
  box.write("source/far.boxlog", std::string(60000, ' ') + "needle in the head");
  box.write("source/far.dat", std::string(60000, ' ') + "needle in the head");
  box.protect(box.source());
  EXPECT_THAT(paths(scan_boxes(box.source())),
              UnorderedElementsAre("no_extension", "renamed.dat", "photo.jpg", "far.boxlog"));
}

TEST(Scan, CompressedFilesAreDecodedAndSaySo) {
  Sandbox box;
  box.write("source/a", "BOXFILE compressed text that is long enough");
  for (const char* tool : {"gzip", "xz", "bzip2", "zstd"}) {
    fs::copy_file(box.path("source/a"), box.path("source/") + tool);
    const std::string made = box.path("source/") + tool;
    ASSERT_EQ(Sandbox::run(std::string(tool) == "zstd" ? std::vector<std::string>{tool, "-q", "--rm", made}
                                                       : std::vector<std::string>{tool, "-q", made})
                  .exit,
              0)
        << "package " << tool << " is missing";
  }
  fs::remove(box.path("source/a"));
  const Outcome outcome = scan_boxes(box.source());
  EXPECT_THAT(paths(outcome), UnorderedElementsAre("gzip.gz", "xz.xz", "bzip2.bz2", "zstd.zst"));
  for (const auto& found : outcome.survey.findings)
    EXPECT_THAT(text_fact(found.facts, "head"), HasSubstr("BOXFILE"));
}

TEST(Scan, ASingleFileIsASource) {
  Sandbox box;
  box.write("source/other", "BOXFILE not asked for");
  box.write("source/code.c", "BOXFILE whatever its name ");
  const Outcome outcome = scan_boxes(box.source() + "/code.c");
  EXPECT_THAT(paths(outcome), ElementsAre("code.c"));
  EXPECT_EQ(outcome.survey.root, box.source());
}

TEST(Scan, ALinkToAFileIsASource) {
  Sandbox box;
  box.write("elsewhere/dump", "BOXFILE behind a link .........");
  box.make_directory("source");
  fs::create_symlink("../elsewhere/dump", box.path("source/latest"));
  const Outcome outcome = scan_boxes(box.source() + "/latest");
  EXPECT_THAT(paths(outcome), ElementsAre("dump"));
  EXPECT_EQ(outcome.survey.root, box.path("elsewhere"));
}

TEST(Scan, RolesAndAdviceComeFromTheManifest) {
  Sandbox box;
  box.write("source/repo/box.info", "x");
  const Outcome outcome = scan_boxes(box.source());
  ASSERT_THAT(paths(outcome), ElementsAre("repo"));
  EXPECT_EQ(outcome.survey.findings[0].role, Role::repository);
  EXPECT_EQ(outcome.survey.findings[0].advice, "boxtool restore DIRECTORY");
}

TEST(Scan, AMissingPluginStillNamesTheDatabase) {
  Sandbox box;
  make_box(box, "source/srv/box");
  auto manifest = parse_manifest(box_manifest, "box.ini");
  ASSERT_TRUE(manifest);
  manifest->library = "recover_box.so";
  manifest->interface_version = RECOVER_ABI;
  manifest->package = "recover-box";
  const auto catalog = plugin::Catalog::of({*manifest}, {});
  NoProgress progress;
  Options options;
  options.source = box.source();
  const auto outcome = scan(options, *catalog, progress, {});
  ASSERT_TRUE(outcome);
  ASSERT_THAT(paths(*outcome), ElementsAre("srv/box"));
  EXPECT_THAT(outcome->survey.findings[0].health.notes, ElementsAre(HasSubstr("install recover-box")));
}

TEST(Scan, SpecialFilesAreNeverOpened) {
  Sandbox box;
  for (const char* kind : {"fifo", "device", "link"})
    box.make_directory("source/" + std::string(kind) + "/store");
  ASSERT_EQ(::mkfifo(box.path("source/fifo/BOX_VERSION").c_str(), 0644), 0);
  ASSERT_EQ(::mkfifo(box.path("source/fifo/x.boxlog").c_str(), 0644), 0);
  if (::getuid() == 0) {
    ASSERT_EQ(::mknod(box.path("source/device/BOX_VERSION").c_str(), S_IFCHR | 0644, makedev(1, 5)), 0);
  }
  fs::create_symlink("/etc/passwd", box.path("source/link/BOX_VERSION"));
  fs::create_symlink("/etc/passwd", box.path("source/link/x.boxlog"));
  EXPECT_THAT(paths(scan_boxes(box.source())), IsEmpty());
}

TEST(Scan, LoopsAndDeepNestingEnd) {
  Sandbox box;
  box.make_directory("source/a");
  fs::create_symlink("..", box.path("source/a/up"));
  int at = ::open(box.source().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int depth = 0; depth < 3000; ++depth) {
    ASSERT_EQ(::mkdirat(at, "deeper", 0755), 0);
    const int next = ::openat(at, "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(at);
    at = next;
  }
  ::close(at);
  const Outcome outcome = scan_boxes(box.source());
  EXPECT_THAT(outcome.warnings, ElementsAre(HasSubstr("64 directories deep")));
  Sandbox::run({"rm", "-rf", box.source()});  // longer than PATH_MAX: only rm can
}

TEST(Scan, NamesAreBytes) {
  Sandbox box;
  const std::string evil = "new\nline \x1b[31m \xff\xfe \"q' -dash";
  box.write("source/" + evil + "/-x", "BOXFILE in a strange place");
  EXPECT_THAT(paths(scan_boxes(box.source())), ElementsAre(evil + "/-x"));
}

TEST(Scan, UnreadableDirectoriesAreCountedWithTheReason) {
  if (::getuid() != 0) GTEST_FAIL() << "this test must run as root to become another user";
  Sandbox box;
  box.write("source/open/x", "BOXFILE readable ........");
  box.write("source/closed/x", "BOXFILE unreadable ......");
  ::chmod(box.path("source/closed").c_str(), 0700);
  ::chmod(fs::path(box.source()).parent_path().c_str(), 0755);
  ::chmod(box.source().c_str(), 0755);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(9);
    const Outcome outcome = scan_boxes(box.source());
    const bool right = paths(outcome) == std::vector<std::string>{"open/x"} &&
                       outcome.unreadable_count == 1 && outcome.unreadable[0].path == "closed" &&
                       outcome.unreadable[0].reason == "Permission denied";
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Scan, MissingSourceIsAnError) {
  const auto catalog = box_catalog();
  NoProgress progress;
  Options options;
  options.source = "/no/such/place";
  const auto outcome = scan(options, *catalog, progress, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().id, errors::source_not_found.id);
}

TEST(Scan, ExcludedNamesAreNotLookedAt) {
  Sandbox box;
  box.write("source/a/x", "BOXFILE ................");
  box.write("source/cache/x", "BOXFILE ................");
  box.write("source/b/skip.me", "BOXFILE ................");
  Options options;
  options.source = box.source();
  options.exclude = {"cache", "b/skip*"};
  EXPECT_THAT(paths(scan_boxes(options)), ElementsAre("a/x"));
}

TEST(Scan, CancellationKeepsWhatWasFound) {
  Sandbox box;
  for (int i = 0; i < 50; ++i) box.write("source/d" + std::to_string(i) + "/x", "BOXFILE ................");
  std::stop_source stop;
  stop.request_stop();
  Options options;
  options.source = box.source();
  const Outcome outcome = scan_boxes(options, CancellationToken(stop.get_token()));
  EXPECT_TRUE(outcome.stopped_early);
}

TEST(Scan, ManySmallFilesAndManyThreads) {
  Sandbox box;
  for (int directory = 0; directory < 200; ++directory) {
    const std::string at = "source/d" + std::to_string(directory % 20) + "/e" + std::to_string(directory);
    for (int file = 0; file < 100; ++file)
      box.write(at + "/f" + std::to_string(file), "nothing in here, really");
    if (directory % 10 == 0) box.write(at + "/hidden", "BOXFILE planted ........");
  }
  Options options;
  options.source = box.source();
  options.threads = 16;
  const Outcome outcome = scan_boxes(options);
  EXPECT_EQ(outcome.survey.findings.size(), 20U);
  EXPECT_EQ(outcome.entries, 200U * 100 + 20 + 200 + 20);
}

}  // namespace
}  // namespace recover::scan::test
