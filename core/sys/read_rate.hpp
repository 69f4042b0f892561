/// How fast the source is read.
#pragma once

#include "recover/cancel.hpp"
#include "recover/host.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

namespace recover::sys {

/// A token bucket. Thread-safe; who asks first is served first.
class ReadRate {
 public:
  /// The one of this process: everybody who reads the source takes from it.
  static ReadRate& of_process();

  /// Without a limit.
  explicit ReadRate(std::unique_ptr<Clock> clock);

  /// 0 = no limit. To be called before anybody reads.
  void limit_to(std::uint64_t bytes_per_second);
  /// How much of `wanted` should be read at once, so that waiting comes in small pieces.
  [[nodiscard]] std::size_t portion(std::size_t wanted) const;
  /// Takes as many bytes and waits until they are allowed. Errors: run.cancelled.
  Result<void> take(std::uint64_t bytes, const CancellationToken& cancel);
  /// All bytes that were taken so far.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  std::unique_ptr<Clock> clock_;
  std::atomic<std::uint64_t> rate_{0};
  std::atomic<std::uint64_t> taken_{0};
  std::mutex mutex_;
  double allowed_at_ = 0;  ///< when everything that was taken is allowed
};

}  // namespace recover::sys
