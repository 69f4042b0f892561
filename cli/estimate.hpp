/// How long the rest of some work takes, as a range, from the bytes that were moved so far.
#pragma once

#include "recover/units.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace recover::cli {

/// Seconds left: at least, at most. Never negative.
struct Estimate {
  double least = 0;
  double most = 0;
};

/// The time that phases without bytes take behind those that have some, as a share of the time of those.
struct Tail {
  double least = 0;
  double most = 0;
};

/// Things that are done one by one where nothing is measured in bytes.
struct Counted {
  std::uint64_t done = 0;
  std::uint64_t total = 0;  ///< 0 = not known
};

/// Pure: knows the time only from its observations.
class Estimator {
 public:
  explicit Estimator(Tail tail = {}) : tail_(tail) {}

  /// At `seconds` after the beginning `moved` bytes were moved in all and `left` are still to be moved. Bytes
  /// that are skipped vanish from `left` without having been moved. `counted` tells of the tail.
  void observe(double seconds, Bytes moved, Bytes left, Counted counted = {});

  /// Nothing while it is too early to say (5 seconds of movement, 2 % of the bytes), while nothing moves, and
  /// when the tail takes longer than tails do.
  [[nodiscard]] std::optional<Estimate> left() const;
  /// Bytes in a second, of late.
  [[nodiscard]] double rate() const;
  /// Seconds since the last byte was moved; 0 before the first and behind the last one.
  [[nodiscard]] double idle() const;

 private:
  [[nodiscard]] std::optional<Estimate> predict() const;
  [[nodiscard]] std::optional<Estimate> predict_tail() const;
  [[nodiscard]] std::optional<Estimate> predict_by_count() const;
  void count(Counted counted);
  [[nodiscard]] double uncertainty() const;
  void measure(double span, double moved);
  void publish(double span);

  Tail tail_;
  double now_ = 0;
  double began_ = 0;     ///< when the first byte was moved
  double moved_at_ = 0;  ///< when the last one was
  double moved_ = 0;
  double left_ = 0;
  double faded_bytes_ = 0;            ///< moved, weighed by age
  double faded_time_ = 0;             ///< the time they took, weighed alike
  Counted counted_;                   ///< of the tail, at the last observation
  std::uint64_t counted_before_ = 0;  ///< done when that counting began
  double count_began_ = 0;
  std::deque<double> predictions_;  ///< the moments at which the last observations saw the end of the bytes
  std::optional<Estimate> published_;  ///< moments, not distances
};

}  // namespace recover::cli
