// Priorities are asked of real children: what works for the run is low, what goes on after it is not.
#include "core/sys/priority.hpp"

#include "core/sys/host.hpp"
#include "tests/support/silent.hpp"

#include <gtest/gtest.h>
#include <linux/ioprio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <thread>

namespace recover::sys {
namespace {

int disk_class(int pid) {
  return static_cast<int>(IOPRIO_PRIO_CLASS(::syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, pid)));
}

/// What nice(1) without arguments says: its own niceness.
std::string niceness_of_child(Processes& processes, bool leaves_a_server) {
  Command command;
  command.program = "nice";
  command.leaves_a_server = leaves_a_server;
  const auto result = processes.run(command, {});
  return result ? result->output : result.error().cause;
}

/// The same of ionice(1), for its class.
std::string disk_class_of_child(Processes& processes, bool leaves_a_server) {
  Command command;
  command.program = "ionice";
  command.leaves_a_server = leaves_a_server;
  const auto result = processes.run(command, {});
  return result ? result->output.substr(0, 4) : result.error().cause;
}

TEST(Priority, ReachesEveryChildButTheOneThatStays) {
  test::NoLog log;
  const auto processes = make_processes(log);
  const int usual = ::getpriority(PRIO_PROCESS, 0);
  const std::string usual_class = disk_class_of_child(*processes, false);
  std::jthread([&] {  // only this thread is lowered, so that no other test sees it
    ASSERT_EQ(lower_priority({true, DiskClass::idle}), "");
    EXPECT_EQ(niceness_of_child(*processes, false), std::to_string(std::max(usual, 10)) + "\n");
    EXPECT_EQ(niceness_of_child(*processes, true), std::to_string(usual) + "\n");
    EXPECT_EQ(disk_class_of_child(*processes, false), "idle");
    EXPECT_EQ(disk_class_of_child(*processes, true), usual_class);
    Command sleeping;
    sleeping.program = "sleep";
    sleeping.arguments = {"600"};
    const auto started = processes->start("sleeper", sleeping);
    ASSERT_TRUE(started);
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(*started)), std::max(usual, 10));
    EXPECT_EQ(disk_class(*started), IOPRIO_CLASS_IDLE);
    EXPECT_TRUE(processes->stop("sleeper", SIGTERM, std::chrono::seconds(60)));
  })
      .join();
  EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), usual) << "the thread beside it is as it was";
}

TEST(Priority, IsNeverRaised) {
  std::jthread([&] {
    ASSERT_EQ(::setpriority(PRIO_PROCESS, 0, 15), 0);
    ASSERT_EQ(lower_priority({true, {}}), "");
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), 15);
  }).join();
}

TEST(Priority, NothingAskedChangesNothing) {
  const int usual = ::getpriority(PRIO_PROCESS, 0);
  ASSERT_EQ(lower_priority({}), "");
  EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), usual);
}

}  // namespace
}  // namespace recover::sys
