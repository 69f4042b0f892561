/// One run at a time on one target. The kernel holds the lock, so there are no stale locks.
#pragma once

#include "core/sys/descriptor.hpp"
#include "recover/result.hpp"

#include <cstdint>
#include <string>

namespace recover::sys {

/// Held as long as this object lives; released by the kernel when the process ends in any way.
class TargetLock {
 public:
  /// Locks `target` (an absolute path or another text that identifies it) for `run`. `directory` is
  /// made when missing; `since` is seconds since the epoch and, like the process id, for people only.
  /// Does not wait. Errors: lock.held with the facts "run", "pid", "since" of the holder.
  static Result<TargetLock> acquire(const std::string& directory, const std::string& target,
                                    const std::string& run, std::int64_t since);

 private:
  explicit TargetLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace recover::sys
