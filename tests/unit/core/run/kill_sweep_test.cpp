// Kill -9 at every call that changes something on disk, one after the other: after each, the target is old
// or new, and the same run started again ends like an undisturbed one. The calls of the library are counted
// by functions of the same name in this program, which come first in symbol resolution.
#include "tests/support/sandbox.hpp"
#include "tests/unit/core/run/faulty_calls.hpp"
#include "tests/unit/core/run/file_engine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>

namespace recover::test {
std::atomic<bool> kernel_lacks_exchange{false};
}

namespace {

std::atomic<int> calls_left{-1};  // negative: nobody is counting

void maybe_die() {
  if (calls_left.load() > 0 && calls_left.fetch_sub(1) == 1) ::kill(::getpid(), SIGKILL);
}

}  // namespace

extern "C" {
int fsync(int file) {
  maybe_die();
  return static_cast<int>(::syscall(SYS_fsync, file));
}
int rename(const char* from, const char* to) noexcept {
  maybe_die();
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) noexcept {
  maybe_die();
  if (recover::test::kernel_lacks_exchange && (flags & RENAME_EXCHANGE) != 0) {
    errno = EINVAL;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}
int unlink(const char* path) noexcept {
  maybe_die();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
int unlinkat(int directory, const char* path, int flags) noexcept {
  maybe_die();
  return static_cast<int>(::syscall(SYS_unlinkat, directory, path, flags));
}
int mkdir(const char* path, mode_t mode) noexcept {
  maybe_die();
  return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
}

namespace recover::test {
namespace {

namespace fs = std::filesystem;

/// A world on tmpfs, where syncing costs nothing.
class Scratch {
 public:
  Scratch() {
    std::string pattern = "/dev/shm/recover-sweep-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) path = pattern;
  }
  ~Scratch() {
    ::umount((path + "/place/target").c_str());
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

enum class TargetForm { directory, mount_point };

/// Does the work in a child that dies at its N-th call; true when it lived to the end. Nobody may own a
/// world while we fork: its host has a thread, which could hold the allocator's lock for ever in the child.
bool survives(const std::string& place, int call, const std::function<int(RunWorld&)>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    RunWorld world(place);
    ::_exit(work(world));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0)
      << "call " << call << ": " << WEXITSTATUS(status);
  return !WIFSIGNALED(status);
}

Result<run::RunPlan> plan_over_old_data(const std::string& place) {
  RunWorld world(place);
  world.put_old_data();
  return world.plan();
}

void expect_new_and_tidy(const RunWorld& world, int call) {
  SCOPED_TRACE("killed at call " + std::to_string(call));
  EXPECT_EQ(world.control(), "new");
  EXPECT_EQ(content_of(world.target() + "/base/1"), std::string(300000, 'n'));
  EXPECT_FALSE(fs::exists(world.target() + "/base/old"));
  EXPECT_FALSE(fs::exists(world.target() + "/.recover-run"));
  for (const auto& entry : fs::directory_iterator(world.root + "/place")) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name == "target" || name == "target.old-01RUN") << name;
  }
}

void sweep(TargetForm form) {
  int call = 1;
  for (bool finished = false; !finished; ++call) {
    ASSERT_LT(call, 2000);
    const Scratch scratch;
    const std::string target = scratch.path + "/place/target";
    fs::create_directories(target);
    const bool is_mount = form == TargetForm::mount_point;
    if (is_mount) {
      ASSERT_EQ(::mount("tmpfs", target.c_str(), "tmpfs", 0, nullptr), 0) << "needs root to mount";
    }
    const auto plan = plan_over_old_data(scratch.path);
    ASSERT_TRUE(plan) << plan.error().what;
    finished = survives(scratch.path, call, [&](RunWorld& dying) {
      calls_left = call;
      return static_cast<int>(dying.execute(*plan).exit);
    });
    RunWorld world(scratch.path);
    const std::string seen = world.control();
    if (!is_mount) {
      EXPECT_TRUE(seen == "old" || seen == "new") << "call " << call << ": " << seen;
    }
    const std::string before =
        is_mount ? world.target() + "/.recover-old-01RUN" : world.target() + ".old-01RUN";
    const Report again = world.execute(*plan);
    ASSERT_EQ(again.exit, ExitCode::ok)
        << "call " << call << ": "
        << (again.errors.empty() ? again.items.at(0).error->cause : again.errors[0].cause);
    EXPECT_EQ(again.items.at(0).result, ItemResult::replaced) << call;
    EXPECT_EQ(content_of(before + "/control"), "old") << call;
    expect_new_and_tidy(world, call);
    auto back = world.rollback();
    ASSERT_TRUE(back) << "call " << call << ": " << back.error().cause;
    EXPECT_EQ(world.control(), "old") << call;
    EXPECT_EQ(content_of(world.target() + "/base/old"), "old data") << call;
  }
  EXPECT_GT(call, 40) << "the calls were not counted";
}

TEST(KillSweep, EveryCallLeavesOldOrNewAndTheSameRunCompletesIt) {
  sweep(TargetForm::directory);
}

TEST(KillSweep, AMountPointIsCompletedToo) {
  sweep(TargetForm::mount_point);
}

/// The same for rolling back: killed anywhere, a second rollback ends with the old data.
TEST(KillSweep, RollingBackCanBeRepeated) {
  int call = 1;
  for (bool finished = false; !finished; ++call) {
    ASSERT_LT(call, 500);
    const Scratch scratch;
    const auto plan = plan_over_old_data(scratch.path);
    ASSERT_TRUE(plan) << plan.error().what;
    finished = survives(scratch.path, call, [&](RunWorld& dying) {
      if (dying.execute(*plan).exit != ExitCode::ok) return 1;
      calls_left = call;
      return dying.rollback() ? 0 : 1;
    });
    RunWorld world(scratch.path);
    const std::string seen = world.control();
    EXPECT_TRUE(seen == "old" || seen == "new") << call;
    auto back = world.rollback();
    EXPECT_TRUE(back || back.error().id == "run.nothing_to_undo") << call << back.error().cause;
    EXPECT_EQ(world.control(), "old") << call;
    EXPECT_EQ(content_of(world.target() + ".rolled-back-01RUN/control"), "new") << call;
  }
}

}  // namespace
}  // namespace recover::test
