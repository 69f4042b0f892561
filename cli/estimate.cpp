// An estimate that a person plans by must not jump, and a wrong one is worse than none. Two speeds are known:
// that of late (what was moved, weighed by age with a half-life of 30 s) and that of all the time; the truth
// is mostly between what the two predict. The range is widened by how much the last 20 predictions disagreed,
// and what is shown follows what is computed within a few seconds instead of at once. Phases behind the bytes
// (indexes, verification) are a share of the time so far that is only known in its order of magnitude, until
// some of what is counted in them is done.
#include "cli/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace recover::cli {

namespace {

constexpr double half_life = 30;        // seconds
constexpr double follow_half_life = 6;  // seconds
constexpr double shortest_span = 0.2;   // closer observations tell of buffers, not of speed
constexpr double too_early = 5;         // seconds
constexpr double too_little = 0.02;     // of all bytes
constexpr double longest_pause = 30;    // seconds without a byte that are still part of the work's rhythm
constexpr std::size_t remembered = 20;  // predictions
constexpr double too_few = 3;           // things
constexpr double least_doubt = 0.05;
constexpr double most_doubt = 0.5;

double faded(double seconds, double life) {
  return std::exp2(-seconds / life);
}

}  // namespace

void Estimator::observe(double seconds, Bytes moved, Bytes left, Counted counted) {
  const auto moved_now = static_cast<double>(moved.count);
  if (moved_now < moved_) *this = Estimator(tail_);  // the work was begun anew
  const double span = seconds - now_;
  if (span < shortest_span) return;
  left_ = static_cast<double>(left.count);
  if (moved_ == 0) {  // how long the preparation takes says nothing of the speed
    began_ = now_;
    moved_at_ = now_;
  }
  now_ = seconds;
  if (moved_now == 0) return;
  if (moved_now > moved_) moved_at_ = seconds;
  if (left_ > 0 || moved_now > moved_) measure(span, moved_now - moved_);
  moved_ = moved_now;
  if (left_ <= 0) count(counted);
  publish(span);
}

void Estimator::count(Counted counted) {
  if (counted.total != counted_.total) {
    counted_before_ = counted.done;
    count_began_ = now_;
  }
  counted_ = counted;
}

void Estimator::measure(double span, double moved) {
  const double fade = faded(span, half_life);
  faded_bytes_ = faded_bytes_ * fade + moved;
  faded_time_ = faded_time_ * fade + span;
  if (faded_bytes_ <= 0) return;
  predictions_.push_back(now_ + left_ / rate());
  if (predictions_.size() > remembered) predictions_.pop_front();
}

double Estimator::rate() const {
  return faded_time_ > 0 ? faded_bytes_ / faded_time_ : 0;
}

double Estimator::idle() const {
  return moved_ > 0 && left_ > 0 ? now_ - moved_at_ : 0;
}

/// How far the last predictions were apart, as a share of the time that is left.
double Estimator::uncertainty() const {
  if (predictions_.empty()) return most_doubt;
  const auto [first, last] = std::minmax_element(predictions_.begin(), predictions_.end());
  const double far = std::max(predictions_.back() - now_, 1.0);
  return std::clamp((*last - *first) / far / 2, least_doubt, most_doubt);
}

std::optional<Estimate> Estimator::predict() const {
  if (left_ <= 0) return predict_tail();
  const double moving = now_ - began_;
  if (moving < too_early || moved_ < too_little * (moved_ + left_) || idle() > longest_pause)
    return std::nullopt;
  const double by_all = left_ * moving / moved_;
  const double by_late = left_ / rate();
  const double doubt = uncertainty();
  const double least = std::min(by_all, by_late) * (1 - doubt);
  const double most = std::max(by_all, by_late) * (1 + doubt);
  return Estimate{least + tail_.least * (moving + least), most + tail_.most * (moving + most)};
}

/// Indexes are of very different size.
std::optional<Estimate> Estimator::predict_by_count() const {
  const double done = static_cast<double>(counted_.done) - static_cast<double>(counted_before_);
  if (counted_.total <= counted_.done || done < too_few || now_ - count_began_ < too_early)
    return std::nullopt;
  const double left = static_cast<double>(counted_.total - counted_.done) * (now_ - count_began_) / done;
  return Estimate{left * (1 - most_doubt), left / (1 - most_doubt)};
}

std::optional<Estimate> Estimator::predict_tail() const {
  if (const auto by_count = predict_by_count()) return by_count;
  const double moving = moved_at_ - began_;
  const double in_tail = now_ - moved_at_;
  if (moving < too_early || in_tail > tail_.most * moving) return std::nullopt;
  return Estimate{std::max(tail_.least * moving - in_tail, 0.0), tail_.most * moving - in_tail};
}

void Estimator::publish(double span) {
  const auto predicted = predict();
  if (!predicted) {
    published_.reset();
    return;
  }
  const Estimate moments{now_ + predicted->least, now_ + predicted->most};
  if (!published_) {
    published_ = moments;
    return;
  }
  const double kept = faded(span, follow_half_life);
  published_->least = moments.least + (published_->least - moments.least) * kept;
  published_->most = moments.most + (published_->most - moments.most) * kept;
}

std::optional<Estimate> Estimator::left() const {
  if (!published_) return std::nullopt;
  const double least = std::max(published_->least - now_, 0.0);
  return Estimate{least, std::max(published_->most - now_, least)};
}

}  // namespace recover::cli
