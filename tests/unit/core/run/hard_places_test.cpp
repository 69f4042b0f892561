// Places that refuse: a disk that cannot be read, a directory that must not change, a file system that cannot
// exchange names, a step that hangs. In each the target is old or new, and the error says what happened.
#include "core/run/stall_watch.hpp"
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/run/faulty_calls.hpp"
#include "tests/unit/core/run/file_engine.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <thread>

namespace recover::test {
namespace {

namespace fs = std::filesystem;

class HardPlaces : public ::testing::Test {
 protected:
  HardPlaces() : world(box.path("w")) { fs::create_directories(box.path("w/place")); }

  Sandbox box;
  RunWorld world;
};

/// A file system on a loop device whose end is cut off under it: reading there is a real EIO (the loop driver
/// answers a read beyond the end of its file so), which is what a dying disk gives.
class DyingDisk {
 public:
  DyingDisk(const Sandbox& box, std::string content)
      : image_(box.path("disk.img")), place_(std::move(content)) {
    made_ = Sandbox::run({"truncate", "-s", "32M", image_}).exit == 0 &&
            Sandbox::run({"mkfs.ext4", "-q", "-d", place_, image_}).exit == 0 &&
            Sandbox::run({"mount", "-o", "loop,ro,noload", image_, place_}).exit == 0;
  }
  ~DyingDisk() { ::umount2(place_.c_str(), MNT_DETACH); }
  DyingDisk(const DyingDisk&) = delete;
  DyingDisk& operator=(const DyingDisk&) = delete;

  [[nodiscard]] bool is_made() const { return made_; }
  /// Everything that was not read so far is lost.
  void die() const {
    fs::resize_file(image_, 0);
    std::ofstream("/proc/sys/vm/drop_caches") << "1\n";
  }

 private:
  std::string image_;
  std::string place_;
  bool made_ = false;
};

TEST_F(HardPlaces, ADiskThatCannotBeReadIsNamedAndTheTargetStaysOld) {
  world.put_old_data();
  const DyingDisk disk(box, world.source());
  ASSERT_TRUE(disk.is_made()) << "needs root, loop devices and the packages e2fsprogs and mount";
  const auto plan = world.plan();
  ASSERT_TRUE(plan) << plan.error().cause;
  const std::string before = tree_digest(world.target());
  disk.die();
  const Report report = world.execute(*plan);
  EXPECT_EQ(report.exit, ExitCode::source_read);
  const Error* error = !report.errors.empty() ? &report.errors[0] : &*report.items.at(0).error;
  EXPECT_EQ(error->id, "source.read_error") << error->cause;
  EXPECT_NE((error->what + error->cause).find("Input/output error"), std::string::npos) << error->what;
  EXPECT_EQ(tree_digest(world.target()), before);
}

class Immutable {
 public:
  explicit Immutable(std::string path) : path_(std::move(path)) {
    is_set_ = Sandbox::run({"chattr", "+i", path_}).exit == 0;
  }
  ~Immutable() { Sandbox::run({"chattr", "-i", path_}); }
  Immutable(const Immutable&) = delete;
  Immutable& operator=(const Immutable&) = delete;
  [[nodiscard]] bool is_set() const { return is_set_; }

 private:
  std::string path_;
  bool is_set_ = false;
};

TEST_F(HardPlaces, AnImmutableTargetStaysWhatItIs) {
  world.put_old_data();
  const auto plan = world.plan();
  ASSERT_TRUE(plan) << plan.error().cause;
  const std::string before = tree_digest(world.target());
  {
    const Immutable target(world.target());
    ASSERT_TRUE(target.is_set()) << "needs root and a file system with attributes (ext4, xfs, btrfs) below "
                                 << box.path("");
    const Report report = world.execute(*plan);
    EXPECT_EQ(report.exit, ExitCode::connection);
    ASSERT_TRUE(report.items.at(0).error);
    EXPECT_EQ(report.items.at(0).error->id, "target.not_writable") << report.items.at(0).error->cause;
    EXPECT_EQ(tree_digest(world.target()), before);
  }
  const auto resumed = world.resume();
  ASSERT_TRUE(resumed) << resumed.error().cause;
  EXPECT_EQ(resumed->exit, ExitCode::ok) << "once it may be changed, the same run goes on";
  EXPECT_EQ(world.control(), "new");
}

class WithoutExchange : public HardPlaces {
 protected:
  WithoutExchange() { kernel_lacks_exchange = true; }
  ~WithoutExchange() override { kernel_lacks_exchange = false; }
};

TEST_F(WithoutExchange, TwoRenamesPutTheNewIntoPlaceAndBack) {
  world.put_old_data();
  const auto plan = world.plan();
  ASSERT_TRUE(plan) << plan.error().cause;
  const Report report = world.execute(*plan);
  ASSERT_EQ(report.exit, ExitCode::ok);
  EXPECT_EQ(world.control(), "new");
  EXPECT_EQ(content_of(report.items.at(0).kept_old + "/control"), "old");
  const auto back = world.rollback();
  ASSERT_TRUE(back) << back.error().cause;
  EXPECT_EQ(world.control(), "old");
  EXPECT_EQ(content_of(world.target() + ".rolled-back-01RUN/control"), "new");
}

TEST_F(WithoutExchange, AServerThatDoesNotStartIsPutAside) {
  world.put_old_data();
  world.faults.start = true;
  EXPECT_EQ(world.execute(world.plan().value()).exit, ExitCode::server_failed);
  EXPECT_EQ(world.control(), "old");
}

TEST_F(HardPlaces, AStepWithoutProgressEndsWithItsOwnCode) {
  world.policy.no_progress_limit = std::chrono::seconds(1);
  world.faults.during_verification = [] { std::this_thread::sleep_for(std::chrono::seconds(4)); };
  const Report report = world.execute(world.plan().value());
  EXPECT_EQ(report.exit, ExitCode::timeout);
  ASSERT_TRUE(report.items.at(0).error);
  EXPECT_EQ(report.items.at(0).error->id, "run.timeout");
  EXPECT_EQ(report.items.at(0).error->cause, "no progress for 1 seconds");
  EXPECT_FALSE(fs::exists(world.target())) << "nothing was put into place";
  world.faults.during_verification = nullptr;
  world.policy.no_progress_limit = std::chrono::hours(1);
  const auto resumed = world.resume();
  ASSERT_TRUE(resumed) << resumed.error().cause;
  EXPECT_EQ(resumed->exit, ExitCode::ok);
}

TEST(StallWatch, PassesOnThatSomebodyElseStopped) {
  NoProgress progress;
  std::stop_source stop;
  const run::StallWatch watch(progress, std::chrono::seconds(0), CancellationToken(stop.get_token()));
  EXPECT_FALSE(watch.token().is_cancelled());
  stop.request_stop();
  EXPECT_TRUE(watch.token().is_cancelled());
  EXPECT_FALSE(watch.has_stalled());
}

}  // namespace
}  // namespace recover::test
