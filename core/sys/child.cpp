// Starting and ending one child: posix_spawn (no shell, no code of ours between fork and exec), its own
// process group (a tool's helpers are ended with it), every descriptor above 2 closed, default signal
// dispositions and an empty mask, because ours are blocked for the signal thread. A pidfd lets poll()
// wait for the end beside the pipes (pidfd_open(2)).
#include "core/sys/child.hpp"

#include "recover/errors.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <vector>

extern "C" {  // glibc 2.36 declares these without C linkage for C++
#include <sys/pidfd.h>
}

namespace recover::sys {

namespace {

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// The attributes and file actions of one spawn; both need a destroy call.
class SpawnSettings {
 public:
  SpawnSettings(const Child::Streams& streams, const std::string& directory) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, streams.input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, streams.output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, streams.errors, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<Child> Child::spawn(const Invocation& invocation, const Streams& streams) {
  std::vector<std::string> words = invocation.words;
  std::vector<std::string> environment = invocation.environment;
  const SpawnSettings settings(streams, invocation.directory);
  pid_t pid = -1;
  const int failed =
      ::posix_spawn(&pid, invocation.program.c_str(), &settings.actions_, &settings.attributes_,
                    pointers_to(words).data(), pointers_to(environment).data());
  if (failed != 0) {
    return make_system_error(errors::tool_failed, "cannot start " + invocation.program, failed)
        .with("program", invocation.program)
        .with("directory", invocation.directory);
  }
  Descriptor pidfd(::pidfd_open(pid, 0));
  Child child(pid, std::move(pidfd));  // from here on the destructor ends it
  if (child.descriptor() < 0) {
    return make_system_error(errors::tool_failed, "cannot watch " + invocation.program, errno);
  }
  return child;
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  return *this;
}

Child::~Child() {
  if (pid_ < 0) return;
  signal_group(SIGKILL);
  reap();
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void Child::signal_group(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

bool Child::wait(std::chrono::milliseconds time) const {
  if (pid_ < 0) return true;
  const auto deadline = std::chrono::steady_clock::now() + time;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    ::pollfd wanted{pidfd_.get(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

int Child::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace recover::sys
