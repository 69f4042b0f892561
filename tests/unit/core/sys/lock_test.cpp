#include "core/sys/lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/support/sandbox.hpp"

namespace recover::sys {
namespace {

TEST(Lock, TheSecondRunLearnsWhoHoldsIt) {
  const test::Sandbox box;
  const std::string locks = box.path("state/locks");
  {
    auto first = TargetLock::acquire(locks, "/srv/pg", "01RUN", 1'795'255'200);
    ASSERT_TRUE(first);
    auto second = TargetLock::acquire(locks, "/srv/pg", "02RUN", 1'795'255'300);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().id, "lock.held");
    EXPECT_EQ(second.error().exit, ExitCode::locked);
    EXPECT_EQ(text_fact(second.error().facts, "run"), "01RUN");
    EXPECT_EQ(number_fact(second.error().facts, "pid"), ::getpid());
    EXPECT_NE(second.error().cause.find("2026-11-21T10:00:00Z"), std::string::npos) << second.error().cause;
    EXPECT_TRUE(TargetLock::acquire(locks, "/srv/other", "02RUN", 0)) << "other targets are free";
  }
  EXPECT_TRUE(TargetLock::acquire(locks, "/srv/pg", "02RUN", 0)) << "released with its owner";
}

TEST(Lock, AKilledHolderLeavesNothingBehind) {
  const test::Sandbox box;
  const std::string locks = box.path("locks");
  const pid_t holder = ::fork();
  if (holder == 0) {
    auto lock = TargetLock::acquire(locks, "/srv/pg", "01RUN", 0);
    box.write("held", "");
    ::pause();
  }
  while (::access(box.path("held").c_str(), F_OK) != 0) ::usleep(1000);
  EXPECT_EQ(TargetLock::acquire(locks, "/srv/pg", "02RUN", 0).error().id, "lock.held");
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_TRUE(TargetLock::acquire(locks, "/srv/pg", "02RUN", 0));
}

}  // namespace
}  // namespace recover::sys
