#include "core/sys/signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace recover::sys {
namespace {

/// Runs `body` in a process of its own, because signals belong to the whole process.
template <typename Body>
int exit_status_of(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);  // a hang ends the child and not the whole suite
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

void wait_until_cancelled(const CancellationToken& token) {
  while (!token.is_cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST(Signals, TheFirstOneIsARequestToStop) {
  for (const auto& [number, code] : {std::pair{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}}) {
    EXPECT_EQ(exit_status_of([&, signal = number] {
                const SignalWatcher watcher;
                if (watcher.token().is_cancelled() || watcher.exit_code() != ExitCode::ok) return 1;
                ::kill(::getpid(), signal);
                wait_until_cancelled(watcher.token());
                return static_cast<int>(watcher.exit_code());
              }),
              code);
  }
}

TEST(Signals, ASecondOneSoonAfterEndsAtOnce) {
  EXPECT_EQ(exit_status_of([] {
              const SignalWatcher watcher;
              ::kill(::getpid(), SIGTERM);
              wait_until_cancelled(watcher.token());
              ::kill(::getpid(), SIGINT);
              std::this_thread::sleep_for(std::chrono::seconds(10));
              return 0;
            }),
            130);
}

TEST(Signals, AfterTheWatcherSignalsActAsBefore) {
  EXPECT_EQ(exit_status_of([] {
              { const SignalWatcher watcher; }
              ::kill(::getpid(), SIGTERM);
              return 0;
            }),
            1000 + SIGTERM);
}

}  // namespace
}  // namespace recover::sys
