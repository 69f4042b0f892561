// A pseudo-terminal (pty(7)) whose other end is the test. The program becomes a session of its own, so that
// the terminal is its controlling one and Ctrl-C reaches it as a signal, as for a person.
#include "tests/support/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace recover::test {

namespace {

constexpr unsigned short columns = 100;
constexpr auto patience = std::chrono::minutes(2);

pid_t spawn_on(const std::string& terminal, std::vector<std::string> words) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, terminal.c_str(), O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, 0, 1);
  posix_spawn_file_actions_adddup2(&actions, 0, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + words[0]);
  return pid;
}

int open_terminal() {
  const int ours = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0 || ::grantpt(ours) != 0 || ::unlockpt(ours) != 0)
    throw std::runtime_error("no pseudo-terminal");
  const winsize size{40, columns, 0, 0};
  ::ioctl(ours, TIOCSWINSZ, &size);
  return ours;
}

int wait_for(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Outcome run_on_terminal(const std::vector<std::string>& command, const Dialogue& dialogue) {
  const int ours = open_terminal();
  std::vector<std::string> words{"env", "-u", "NO_COLOR", "-u", "COLUMNS", "TERM=xterm"};
  words.insert(words.end(), command.begin(), command.end());
  // Held open until the program has ended: its last words are not lost when it closes its end.
  const std::string name = ::ptsname(ours);  // NOLINT(concurrency-mt-unsafe): tests are single-threaded here
  const pid_t pid = spawn_on(name, words);
  Outcome outcome;
  std::size_t answered = 0;
  std::size_t looked_at = 0;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool is_late = false;
  while (true) {
    pollfd readable{ours, POLLIN, 0};
    ::poll(&readable, 1, 200);
    std::array<char, 4096> buffer{};
    const ssize_t got = (readable.revents & POLLIN) != 0 ? ::read(ours, buffer.data(), buffer.size()) : 0;
    if (got > 0) outcome.out.append(buffer.data(), static_cast<std::size_t>(got));
    // EIO, or a hang-up without anything left to read: nobody has the other end open any more.
    if (got < 0 || (got == 0 && (readable.revents & POLLHUP) != 0)) break;
    while (answered < dialogue.size()) {
      const auto at = outcome.out.find(dialogue[answered].first, looked_at);
      if (at == std::string::npos) break;
      looked_at = at + dialogue[answered].first.size();
      const std::string& answer = dialogue[answered++].second;
      [[maybe_unused]] const ssize_t typed = ::write(ours, answer.data(), answer.size());
    }
    if (std::chrono::steady_clock::now() > deadline) {
      is_late = true;
      ::kill(-pid, SIGKILL);
      break;
    }
  }
  outcome.exit = wait_for(pid);
  if (is_late) outcome.exit = -1;
  ::close(ours);
  return outcome;
}

}  // namespace recover::test
