/// Ends a step that makes no progress (--timeout).
#pragma once

#include "recover/cancel.hpp"
#include "recover/progress.hpp"
#include "recover/result.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace recover::run {

/// Passes progress on and asks the work to stop when none came for `limit` (0 = never), or when the
/// outer token asks. Watches as long as it lives.
class StallWatch {
 public:
  StallWatch(Progress& outer, std::chrono::seconds limit, const CancellationToken& cancel);
  ~StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  [[nodiscard]] Progress& progress() const;
  [[nodiscard]] CancellationToken token() const;
  [[nodiscard]] bool has_stalled() const;
  /// run.timeout for what was stopped.
  [[nodiscard]] Error error(const std::string& what) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recover::run
