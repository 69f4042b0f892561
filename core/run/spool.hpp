/// Standard input stored in a file, for what can only be read with jumps or more than once.
#pragma once

#include "core/run/run.hpp"
#include "core/run/scratch.hpp"

#include <string>

namespace recover::run {

/// The file is gone at the end of its life; after a kill it is swept (scratch.hpp).
class Spool {
 public:
  /// Reads standard input to its end into STATE/spool/ID/stdin. Errors: plan.source_changed,
  /// source.read_error, target.*, disk.full, run.cancelled.
  static Result<Spool> fill(const StateDirectory& state, Host& host, Progress& progress,
                            const CancellationToken& cancel);
  [[nodiscard]] std::string path() const { return directory_.path() + "/stdin"; }
  /// Leaves it to a person: ScratchDirectory::keep().
  std::string keep() { return directory_.keep(); }
  [[nodiscard]] Bytes size() const { return size_; }

 private:
  explicit Spool(ScratchDirectory directory) : directory_(std::move(directory)) {}

  ScratchDirectory directory_;
  Bytes size_;
};

}  // namespace recover::run
