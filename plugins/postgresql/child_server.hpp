/// A server that lives no longer than the work it was started for.
#pragma once

#include "postgresql/launch.hpp"

#include <string>

namespace recover::postgresql {

/// A server started as our child; stopped at the end of its life whatever happens. Not thread-safe.
class ChildServer {
 public:
  /// `name` is the child's name at the host; `context` is borrowed.
  ChildServer(std::string name, Launch launch, StepContext& context)
      : name_(std::move(name)), launch_(std::move(launch)), context_(context) {}
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;
  ~ChildServer();

  /// Errors: as start_child().
  Result<void> start();
  /// Starts it unless it runs; a server that ended by itself is started again. Errors: as start().
  Result<void> ensure();
  /// Stops it cleanly, with a shutdown checkpoint. Nothing to do is success.
  Result<void> stop();

 private:
  std::string name_;
  Launch launch_;
  StepContext& context_;
  bool running_ = false;
};

}  // namespace recover::postgresql
