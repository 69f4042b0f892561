/// SIGINT, SIGTERM and SIGHUP become a request to stop; a second one within three seconds ends at once.
#pragma once

#include "recover/cancel.hpp"
#include "recover/error.hpp"

#include <memory>

namespace recover::sys {

/// Blocks the signals in all threads and waits for them in one of its own. Make one, first thing in
/// main, before any thread exists.
class SignalWatcher {
 public:
  SignalWatcher();
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

  [[nodiscard]] CancellationToken token() const;
  /// ok while no signal came, else interrupted, terminated or hangup.
  [[nodiscard]] ExitCode exit_code() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recover::sys
