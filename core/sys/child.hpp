/// One child process in a process group of its own.
#pragma once

#include "core/sys/descriptor.hpp"
#include "core/sys/program.hpp"
#include "recover/result.hpp"

#include <sys/types.h>

#include <chrono>
#include <string>

namespace recover::sys {

/// Owner of a child: it never outlives this object. Until it is reaped its pid cannot be used by
/// another process, so signals always reach the right one.
class Child {
 public:
  /// Descriptors that become its standard input, output and error (borrowed).
  struct Streams {
    int input;
    int output;
    int errors;
  };

  /// Errors: tool.failed when the system cannot start it.
  static Result<Child> spawn(const Invocation& invocation, const Streams& streams);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  ///< SIGKILL to the group when it still runs

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Readable for poll() once the child has ended.
  [[nodiscard]] int descriptor() const { return pidfd_.get(); }
  void signal(int number) const;
  void signal_group(int number) const;
  /// Waits until it has ended; false when `time` was over first.
  [[nodiscard]] bool wait(std::chrono::milliseconds time) const;
  /// Takes the exit status (128 + signal when killed); blocks until it ends.
  int reap();

 private:
  Child(pid_t pid, Descriptor pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_ = -1;  ///< -1 once reaped
  Descriptor pidfd_;
};

}  // namespace recover::sys
