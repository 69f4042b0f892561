// The program. Signals are taken over before any thread exists; whatever nobody expected ends here, as
// exit 70, after the terminal has been told. Everything else is in program.cpp, where tests reach it.
#include "cli/program.hpp"
#include "core/sys/signals.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

int main(int count, char** words) {
  // A reader that closes the pipe (head, less) must not kill a recovery half way.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const recover::sys::SignalWatcher signals;
    return recover::cli::run_program({words, words + count}, signals);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "error[internal.error]: internal error\n  cause: %s\n", problem.what());
  } catch (...) {
    std::fputs("error[internal.error]: internal error\n", stderr);
  }
  return static_cast<int>(recover::ExitCode::internal);
}
