// Whoever takes bytes moves the moment at which all taken bytes are allowed, and then waits for the moment
// that it moved it to: turns are given in the order of asking, nobody can starve, and the lock is held for an
// addition only. What was not used in the last quarter of a second may be made up for, so that a reader that
// sleeps a little too long keeps the rate; more is never saved up. Counts also where nothing is limited.
#include "core/sys/read_rate.hpp"

#include "core/sys/host.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace recover::sys {

namespace {

constexpr double most_saved = 0.25;          // seconds
constexpr std::uint64_t portions = 8;        // in a second
constexpr std::size_t least_portion = 4096;  // a page

}  // namespace

ReadRate& ReadRate::of_process() {
  static ReadRate rate(make_clock());
  return rate;
}

ReadRate::ReadRate(std::unique_ptr<Clock> clock) : clock_(std::move(clock)) {}

void ReadRate::limit_to(std::uint64_t bytes_per_second) {
  const std::scoped_lock lock(mutex_);
  rate_ = bytes_per_second;
  allowed_at_ = clock_->elapsed();
}

std::size_t ReadRate::portion(std::size_t wanted) const {
  const std::uint64_t rate = rate_;
  return rate == 0 ? wanted : std::min(wanted, std::max<std::size_t>(least_portion, rate / portions));
}

Result<void> ReadRate::take(std::uint64_t bytes, const CancellationToken& cancel) {
  taken_ += bytes;
  const std::uint64_t rate = rate_;
  if (rate == 0) return {};
  double wait = 0;
  {
    const std::scoped_lock lock(mutex_);
    const double now = clock_->elapsed();
    allowed_at_ =
        std::max(allowed_at_, now - most_saved) + static_cast<double>(bytes) / static_cast<double>(rate);
    wait = allowed_at_ - now;
  }
  constexpr double thousand = 1000;
  if (wait > 0)
    clock_->sleep(std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(wait * thousand))), cancel);
  return cancel.check();
}

}  // namespace recover::sys
