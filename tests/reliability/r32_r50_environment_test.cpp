// R32-R34, R40, R41, R50: sources that live, change or exist twice, and machines that refuse.
#include "tests/support/recovering.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace recover::test {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

/// A tmpfs below the sandbox while this object lives.
struct Mounted {
  Mounted(const Sandbox& box, const std::string& name, const std::string& options) : path(box.path(name)) {
    box.make_directory(name);
    mount(options);
  }
  ~Mounted() { Sandbox::run({"umount", path}); }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  void remount(const std::string& options) const { mount("remount," + options); }
  void mount(const std::string& options) const {
    const Outcome mounted = Sandbox::run({"mount", "-t", "tmpfs", "-o", options, "tmpfs", path});
    EXPECT_EQ(mounted.exit, 0) << mounted.err;
  }
  const std::string path;
};

class Environment : public Recovering {
 protected:
  /// A small cluster below source/NAME, stopped cleanly.
  void make_clean(const std::string& name) {
    Cluster clean(box, 15, "source/" + name);
    clean.start();
    clean.fill();
    clean.stop();
  }
};

TEST_F(Environment, R32_ARunningServerIsRefusedAndNotDisturbed) {
  Cluster live(box, 15, "source/live");
  live.start();
  live.fill();
  const Answer answer = recover(15, {"postgresql"});
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.still_running"));
  EXPECT_EQ(live.sql("SELECT count(*) FROM orders", "shop"), "10000\n");
}

TEST_F(Environment, R33_AFileThatChangesWhileItIsReadFailsTheItem) {
  make_clean("pg");
  // A large file that grows all the time: it is not the same before and after it was read.
  const std::string growing = box.path("source/pg/data/base/1/999999");
  std::ofstream(growing) << std::string(64 << 20, '\0');
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) {
      std::ofstream(growing, std::ios::app) << std::string(4, '\0');
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  const Answer answer = recover(15);
  stop = true;
  writer.join();
  // Seen between plan and copy, or while the file itself was read: refused or failed, never taken.
  EXPECT_THAT(answer.exit, AnyOf(8, 10)) << answer.told();
  EXPECT_THAT(ids(answer), AnyOf(Contains("plan.source_changed"), Contains("source.changed")));
  EXPECT_EQ(processes_below(box.state()), 0);
}

TEST_F(Environment, R34_OfTwoAgesTheNewerIsTaken) {
  Cluster server(box, 15, "source/new");
  server.start();
  server.fill();
  server.stop();
  copy_tree(box.path("source/new"), box.path("source/old"));
  server.start();
  static_cast<void>(server.sql("INSERT INTO orders (note) VALUES ('newer')", "shop"));
  server.stop();
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM orders", "shop"), "10001\n");
  EXPECT_THAT(answer.document.dump(), HasSubstr("skipped"));
}

TEST_F(Environment, R35_ADiskThatIsTooSmallIsRefusedBeforeAnythingIsWritten) {
  make_clean("pg");
  const Mounted disk(box, "disk", "size=20m");
  const Answer answer = recover(15, {"--target-dir", disk.path + "/target", "--min-free", "1MB"});
  EXPECT_EQ(answer.exit, 2) << answer.told();
  EXPECT_THAT(ids(answer), Contains("disk.not_enough_space"));
  EXPECT_TRUE(fs::is_empty(disk.path));
}

/// The bytes are enough, so nothing can be refused before; the disk runs out of files in the middle.
TEST_F(Environment, R36_ADiskThatFillsWhileItIsCopiedToLeavesTheOldData) {
  make_clean("pg");
  box.protect(box.source());
  const Mounted disk(box, "disk", "size=1g");
  const std::vector<std::string> words{"--target-dir", disk.path + "/target", "--min-free", "1MB"};
  ASSERT_EQ(recover(15, words).exit, 0);
  const std::string before = tree_digest(disk.path + "/target");
  const auto used = std::distance(fs::recursive_directory_iterator(disk.path), {});
  disk.remount("nr_inodes=" + std::to_string(used + 300));
  const Answer full = recover(15, words);
  EXPECT_EQ(full.exit, 2) << full.told();
  EXPECT_THAT(ids(full), Contains("disk.full"));
  EXPECT_EQ(tree_digest(disk.path + "/target"), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(disk.path), {}), 1) << "what was copied so far is gone";
  disk.remount("nr_inodes=100000");
  const Answer again = recover(15, words);
  EXPECT_EQ(again.exit, 0) << again.told();
}

TEST_F(Environment, R40_AReadOnlyTargetIsRefusedBeforeAnything) {
  make_clean("pg");
  box.make_directory("ro");
  ASSERT_EQ(Sandbox::run({"mount", "-t", "tmpfs", "-o", "ro", "tmpfs", box.path("ro")}).exit, 0);
  const Answer answer = recover(15, {"--target-dir", box.path("ro/target")});
  Sandbox::run({"umount", box.path("ro")});
  EXPECT_EQ(answer.exit, 1) << answer.told();
  EXPECT_THAT(ids(answer), Contains("target.not_writable"));
}

TEST_F(Environment, R41_AReadOnlySourceIsEnough) {
  make_clean("pg");
  ASSERT_EQ(Sandbox::run({"mount", "--bind", box.source(), box.source()}).exit, 0);
  ASSERT_EQ(Sandbox::run({"mount", "-o", "remount,ro,bind", box.source()}).exit, 0);
  const Answer answer = recover(15);
  Sandbox::run({"umount", box.source()});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM orders", "shop"), "10000\n");
}

TEST_F(Environment, R50_APoorEnvironmentIsEnough) {
  make_clean("pg");
  box.protect(box.source());
  const Outcome run = Sandbox::run({"env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C", "bash", "-c",
                                    "ulimit -n 256; exec \"$@\"", "limited", RECOVER_PROGRAM, "--state-dir",
                                    box.state(), box.source(), "--yes", "--json", "--min-free", "100MB"});
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(
      sql_through(parse_document(run.out)["databases"][0]["connect"], "SELECT count(*) FROM orders", "shop"),
      "10000\n");
}

}  // namespace
}  // namespace recover::test
