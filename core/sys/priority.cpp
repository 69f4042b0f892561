// On Linux both priorities belong to a thread: setpriority(2) with 0 means the calling thread, so does
// ioprio_set(2), which has no wrapper in the C library. Values: linux/ioprio.h; an idle class needs no rights
// since Linux 2.6.25. Where the scheduler groups processes by session (sched(7), autogroup), niceness counts
// only among those of one session; that is left alone, for the session is the operator's.
#include "core/sys/priority.hpp"

#include <linux/ioprio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace recover::sys {

namespace {

constexpr int low_niceness = 10;
constexpr int usual_level = 4;  // of eight, within the best-effort class

std::string words_of(int number) {
  return std::error_code(number, std::generic_category()).message();
}

int value_of(DiskClass disk) {
  return disk == DiskClass::idle ? IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)
                                 : IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, usual_level);
}

}  // namespace

std::string lower_priority(const Priority& priority) {
  const bool is_lower = ::getpriority(PRIO_PROCESS, 0) >= low_niceness;
  if (priority.is_nice && !is_lower && ::setpriority(PRIO_PROCESS, 0, low_niceness) != 0)
    return words_of(errno);
  if (priority.disk && ::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, value_of(*priority.disk)) != 0)
    return words_of(errno);
  return {};
}

}  // namespace recover::sys
