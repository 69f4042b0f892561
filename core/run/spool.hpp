/// Standard input stored in a file, for what can only be read with jumps or more than once.
#pragma once

#include "core/run/run.hpp"
#include "core/sys/lock.hpp"

#include <string>

namespace recover::run {

/// The file is gone at the end of its life; after a kill it is swept (sweep_spools).
class Spool {
 public:
  /// Reads standard input to its end into STATE/spool/ID/stdin. Errors: plan.source_changed,
  /// source.read_error, target.*, disk.full, run.cancelled.
  static Result<Spool> fill(const StateDirectory& state, Host& host, Progress& progress,
                            const CancellationToken& cancel);
  Spool(Spool&& other) noexcept = default;
  Spool& operator=(Spool&&) = delete;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool();

  [[nodiscard]] std::string path() const { return directory_ + "/stdin"; }
  [[nodiscard]] Bytes size() const { return size_; }

 private:
  Spool(std::string directory, sys::TargetLock lock)
      : directory_(std::move(directory)), lock_(std::move(lock)) {}

  std::string directory_;
  sys::TargetLock lock_;
  Bytes size_;
};

/// Spools whose process is gone; removed unless dry.
Result<std::vector<Leftover>> sweep_spools(const StateDirectory& state, bool dry_run, Host& host);

}  // namespace recover::run
