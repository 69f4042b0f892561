// The bucket with a clock of its own: no test waits, and none asks how long something took.
#include "core/sys/read_rate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace recover::sys {
namespace {

/// Time stands still unless a test moves it; who would sleep only says for how long.
class StillClock final : public Clock {
 public:
  explicit StillClock(std::vector<std::int64_t>& slept) : slept_(slept) {}
  std::int64_t now() override { return 0; }
  double elapsed() override { return time; }
  void sleep(std::chrono::milliseconds length, const CancellationToken&) override {
    const std::scoped_lock lock(mutex_);
    slept_.push_back(length.count());
  }
  std::atomic<double> time{1000};

 private:
  std::mutex mutex_;
  std::vector<std::int64_t>& slept_;
};

class ReadRateTest : public ::testing::Test {
 protected:
  void take(std::uint64_t bytes) { ASSERT_TRUE(rate_.take(bytes, {})); }

  std::vector<std::int64_t> slept_;
  std::unique_ptr<StillClock> owned_ = std::make_unique<StillClock>(slept_);
  StillClock& clock_ = *owned_;
  ReadRate rate_{std::move(owned_)};
};

TEST_F(ReadRateTest, WithoutALimitNobodyWaitsAndEveryByteIsCounted) {
  take(1'000'000'000);
  take(1);
  EXPECT_TRUE(slept_.empty());
  EXPECT_EQ(rate_.taken(), 1'000'000'001U);
  EXPECT_EQ(rate_.portion(1 << 20), std::size_t{1} << 20);
}

TEST_F(ReadRateTest, WhoAsksLaterWaitsLonger) {
  rate_.limit_to(1000);
  for (int i = 0; i < 3; ++i) take(500);
  EXPECT_EQ(slept_, (std::vector<std::int64_t>{500, 1000, 1500}));
}

TEST_F(ReadRateTest, AQuarterOfASecondIsMadeUpForAndNoMore) {
  rate_.limit_to(1000);
  take(500);
  clock_.time = clock_.time + 3600;
  take(500);
  EXPECT_EQ(slept_, (std::vector<std::int64_t>{500, 250}));
}

TEST_F(ReadRateTest, SeveralThreadsShareIt) {
  rate_.limit_to(1000);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([this] {
        for (int times = 0; times < 25; ++times) take(10);
      });
    }
  }
  EXPECT_EQ(rate_.taken(), 1000U);
  std::sort(slept_.begin(), slept_.end());
  ASSERT_EQ(slept_.size(), 100U) << "everybody waited, nobody was let through twice for one turn";
  EXPECT_NEAR(static_cast<double>(slept_.front()), 10, 1);
  EXPECT_NEAR(static_cast<double>(slept_.back()), 1000, 1) << "together they have one second's worth";
}

TEST_F(ReadRateTest, PortionsAreSmallWhereReadingIsSlow) {
  rate_.limit_to(80'000);
  EXPECT_EQ(rate_.portion(1 << 20), 10'000U);
  EXPECT_EQ(rate_.portion(100), 100U);
  rate_.limit_to(10);
  EXPECT_EQ(rate_.portion(1 << 20), 4096U) << "a page";
}

TEST_F(ReadRateTest, WhoIsCancelledIsTold) {
  rate_.limit_to(10);
  std::stop_source stop;
  stop.request_stop();
  const auto taken = rate_.take(1000, CancellationToken(stop.get_token()));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().id, "run.cancelled");
}

}  // namespace
}  // namespace recover::sys
