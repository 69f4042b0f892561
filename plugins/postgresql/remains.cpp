// A server whose parent dies is told to end, but its sessions end only when they look for their client, which
// may be after hours of building an index. A new server must not start beside them: it would share their
// files and not their memory. They are recognised by the directory they work in, which is ours alone.
#include "postgresql/launch.hpp"

#include "recover/errors.hpp"

#include <signal.h>

#include <filesystem>

namespace recover::postgresql {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds poll_interval{100};
constexpr int polls_before_kill = 300;

std::vector<pid_t> working_in(const std::string& directory) {
  std::vector<pid_t> found;
  std::error_code problem;
  const fs::path real = fs::canonical(directory, problem);
  if (problem) return found;
  for (auto entry = fs::directory_iterator("/proc", problem); !problem && entry != fs::directory_iterator();
       entry.increment(problem)) {
    const std::string name = entry->path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code gone;
    if (fs::read_symlink(entry->path() / "cwd", gone) == real) found.push_back(std::stoi(name));
  }
  return found;
}

}  // namespace

Result<void> end_remains(const Launch& launch, StepContext& context) {
  RECOVER_TRY(stop_detached(launch, context));
  for (int poll = 0;; ++poll) {
    const auto left = working_in(launch.data);
    if (left.empty()) return {};
    RECOVER_TRY(context.cancel.check());
    if (poll == 0 || poll == polls_before_kill) {
      for (const pid_t process : left) ::kill(process, poll == 0 ? SIGTERM : SIGKILL);
    }
    context.progress.detail("waiting for the sessions of the interrupted run to end");
    context.host.clock().sleep(poll_interval, context.cancel);
  }
}

}  // namespace recover::postgresql
