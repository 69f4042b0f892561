// A descriptor of the test's own must never reach the program: whoever waits for the end of a pipe would wait
// for the program as well.
#include "tests/support/started.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

extern char** environ;

namespace recover::test {

Started::Started(std::vector<std::string> words, int input) {
  words.insert(words.begin(), RECOVER_PROGRAM);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (input >= 0) ::posix_spawn_file_actions_adddup2(&actions, input, 0);
  for (const int stream : {0, 1, 2}) {
    if (stream == 0 && input >= 0) continue;
    ::posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", stream == 0 ? O_RDONLY : O_WRONLY, 0);
  }
  if (::posix_spawn(&pid_, RECOVER_PROGRAM, &actions, nullptr, arguments.data(), environ) != 0) pid_ = -1;
  ::posix_spawn_file_actions_destroy(&actions);
}

Started::~Started() {
  end(SIGKILL);
}

bool Started::is_running() {
  return pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == 0;
}

int Started::end(int signal) {
  if (pid_ > 0) ::kill(pid_, signal);
  return wait();
}

int Started::wait() {
  if (pid_ <= 0) return -1;
  ::waitpid(pid_, &status_, 0);
  pid_ = -1;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

}  // namespace recover::test
