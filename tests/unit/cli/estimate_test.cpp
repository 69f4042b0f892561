// Estimates are judged by replaying runs second by second: recorded ones (tests/fixtures/traces, lines of
// "seconds,bytes moved,bytes left,things done,things in all" as --progress json told them of a real run; the
// last line is its end) and tables for what nobody wants to wait for. The truth is the end of the run.
#include "cli/estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace recover::cli {
namespace {

struct Tick {
  double seconds = 0;
  double moved = 0;
  double left = 0;
  Counted counted = {};
};

struct Trace {
  std::vector<Tick> ticks;
  double end = 0;  ///< when everything was over
};

/// What was shown at a moment.
struct Shown {
  double seconds = 0;
  std::optional<Estimate> left;
};

std::vector<Shown> replay(const Trace& trace, Tail tail = {}) {
  Estimator estimator(tail);
  std::vector<Shown> shown;
  for (const Tick& tick : trace.ticks) {
    estimator.observe(tick.seconds, Bytes{static_cast<std::uint64_t>(tick.moved)},
                      Bytes{static_cast<std::uint64_t>(tick.left)}, tick.counted);
    shown.push_back({tick.seconds, estimator.left()});
  }
  return shown;
}

/// Moves `total` bytes at the speed (bytes in a second) of each moment, then waits `rest` seconds.
Trace made(double total, const std::function<double(double seconds)>& speed, double rest = 0) {
  Trace trace;
  double moved = 0;
  double now = 0;
  for (; moved < total; ++now) {
    trace.ticks.push_back({now, moved, total - moved});
    moved = std::min(total, moved + speed(now));
  }
  for (const double over = now + rest; now < over; ++now) trace.ticks.push_back({now, total, 0});
  trace.end = now;
  return trace;
}

Trace recorded(const std::string& name) {
  Trace trace;
  std::ifstream file(std::string(RECOVER_SOURCE) + "/tests/fixtures/traces/" + name);
  char comma = 0;
  for (Tick tick; file >> tick.seconds >> comma >> tick.moved >> comma >> tick.left >> comma >>
                  tick.counted.done >> comma >> tick.counted.total;)
    trace.ticks.push_back(tick);
  EXPECT_GT(trace.ticks.size(), 10U) << name;
  if (!trace.ticks.empty()) trace.end = trace.ticks.back().seconds;
  return trace;
}

struct Judgement {
  double told = 0;   ///< share of the ticks after a tenth of the time with an estimate
  double right = 0;  ///< share of those whose range held the truth
};

Judgement judge(const Trace& trace, const std::vector<Shown>& shown) {
  double late = 0;
  double told = 0;
  double right = 0;
  for (const Shown& one : shown) {
    if (one.seconds < trace.end / 10) continue;
    ++late;
    if (!one.left) continue;
    ++told;
    const double truth = trace.end - one.seconds;
    // A person reads whole seconds and minutes.
    const double rounding = 1 + truth / 50;
    right += one.left->least - rounding <= truth && truth <= one.left->most + rounding ? 1 : 0;
  }
  return {late > 0 ? told / late : 0, told > 0 ? right / told : 0};
}

/// Never negative, never upside down, and no end that leaps about from one second to the next.
void expect_calm(const std::vector<Shown>& shown) {
  const Shown* before = nullptr;
  for (const Shown& one : shown) {
    if (one.left) {
      EXPECT_GE(one.left->least, 0) << "after " << one.seconds << " s";
      EXPECT_GE(one.left->most, one.left->least) << "after " << one.seconds << " s";
      EXPECT_TRUE(std::isfinite(one.left->most)) << "after " << one.seconds << " s";
    }
    if (one.left && before != nullptr && before->left) {
      const double passed = one.seconds - before->seconds;
      const double shift = one.left->most + passed - before->left->most;
      EXPECT_LE(std::abs(shift), 2 + before->left->most * 0.2 * passed) << "after " << one.seconds << " s";
    }
    before = &one;
  }
}

constexpr double mega = 1e6;
constexpr double giga = 1e9;

TEST(Estimate, IsUnknownUntilEnoughIsKnown) {
  Estimator estimator;
  EXPECT_FALSE(estimator.left());
  estimator.observe(4, Bytes{50}, Bytes{50});
  EXPECT_FALSE(estimator.left()) << "too early";
  estimator.observe(6, Bytes{60}, Bytes{40});
  EXPECT_TRUE(estimator.left());
  Estimator little;
  little.observe(60, Bytes{1}, Bytes{99});
  EXPECT_FALSE(little.left()) << "too little";
}

TEST(Estimate, OfAnEvenRunIsNarrowAndTrue) {
  const Trace trace = made(40 * giga, [](double) { return 100 * mega; });
  const auto shown = replay(trace);
  expect_calm(shown);
  EXPECT_EQ(judge(trace, shown).right, 1);
  const auto& half = shown.at(200).left;
  ASSERT_TRUE(half);
  EXPECT_NEAR(half->least, 200, 20);
  EXPECT_NEAR(half->most, 200, 20);
}

// Counting databases says "50 % after one second, one second left" here.
TEST(Estimate, OfASmallAndAHugeDatabaseIsByBytes) {
  for (const bool small_first : {true, false}) {
    const double rate = 90 * mega;
    const Trace trace = made(500.1 * giga, [&](double now) {
      const bool small = small_first ? now < 2 : now > 5553;
      return small ? 50 * mega : rate;
    });
    const auto shown = replay(trace);
    expect_calm(shown);
    EXPECT_FALSE(shown.at(10).left) << "100 MB of 500.1 GB say nothing";
    const Judgement judged = judge(trace, shown);
    EXPECT_GE(judged.told, 0.99);
    EXPECT_GE(judged.right, 0.9);
  }
}

TEST(Estimate, OfRecordedRunsHoldsTheTruth) {
  const std::vector<std::pair<std::string, Tail>> runs{
      {"copy.csv", {0.02, 3}}, {"two-dumps.csv", {0.05, 8}}, {"index-heavy-dump.csv", {0.05, 8}}};
  for (const auto& [name, tail] : runs) {
    SCOPED_TRACE(name);
    const Trace trace = recorded(name);
    const auto shown = replay(trace, tail);
    expect_calm(shown);
    const Judgement judged = judge(trace, shown);
    EXPECT_GE(judged.told, 0.7) << "an estimate that is never told is never wrong";
    EXPECT_GE(judged.right, 0.9);
  }
}

TEST(Estimate, OfAStalledRunBecomesUnknownAndComesBack) {
  const Trace trace = made(20 * giga, [](double now) { return now >= 60 && now < 180 ? 0 : 100 * mega; });
  const auto shown = replay(trace);
  expect_calm(shown);
  EXPECT_TRUE(shown.at(59).left);
  EXPECT_FALSE(shown.at(120).left) << "nothing moved for a minute";
  ASSERT_TRUE(shown.at(200).left);
  EXPECT_TRUE(shown.at(310).left);
}

TEST(Estimate, OfASlowStartIsNotSpoiledByIt) {
  // 40 s of preparation without a byte, then 10 s at a twentieth of the speed.
  const Trace trace = made(20 * giga, [](double now) {
    return now < 40 ? 0 : now < 50 ? 5 * mega : 100 * mega;
  });
  const auto shown = replay(trace);
  expect_calm(shown);
  EXPECT_FALSE(shown.at(44).left);
  EXPECT_GE(judge(trace, shown).right, 0.9);
}

TEST(Estimate, FollowsAChangeOfSpeed) {
  for (const double later : {25.0, 400.0}) {
    const Trace trace = made(120 * giga, [&](double now) { return (now < 200 ? 100 : later) * mega; });
    const auto shown = replay(trace);
    expect_calm(shown);
    const Shown& later_on = shown.at(350);
    ASSERT_TRUE(later_on.left) << later;
    const double truth = trace.end - 350;
    EXPECT_LE(later_on.left->least, truth) << later;
    EXPECT_GE(later_on.left->most, truth * 0.9) << later;
  }
}

TEST(Estimate, OfBurstsIsCalm) {
  // A buffer that is filled and written out: everything moves in one second of five.
  const Trace trace = made(20 * giga, [](double now) { return std::fmod(now, 5) < 1 ? 500 * mega : 0; });
  const auto shown = replay(trace);
  expect_calm(shown);
  EXPECT_GE(judge(trace, shown).right, 0.9);
}

TEST(Estimate, SkippedBytesAreNoSpeed) {
  Estimator estimator;
  for (int second = 1; second <= 20; ++second)
    estimator.observe(second, Bytes{static_cast<std::uint64_t>(second) * 100}, Bytes{100'000});
  const double rate = estimator.rate();
  estimator.observe(21, Bytes{2100}, Bytes{1000});  // the rest was skipped
  EXPECT_NEAR(estimator.rate(), rate, 1);
  ASSERT_TRUE(estimator.left());
  EXPECT_LT(estimator.left()->most, 1000) << "it follows within seconds";
}

TEST(Estimate, OfTheTailEndsAsUnknownInsteadOfNothingLeft) {
  const Trace trace = made(
      10 * giga, [](double) { return 100 * mega; }, 300);
  const auto shown = replay(trace, {0.1, 0.5});
  expect_calm(shown);
  ASSERT_TRUE(shown.at(120).left);
  EXPECT_EQ(shown.at(120).left->least, 0);
  EXPECT_GT(shown.at(120).left->most, 10);
  EXPECT_FALSE(shown.at(200).left) << "it takes longer than tails do";
}

TEST(Estimate, OfTheTailGoesByWhatIsCounted) {
  Estimator estimator({0.05, 8});
  for (int second = 1; second <= 20; ++second)
    estimator.observe(second, Bytes{static_cast<std::uint64_t>(second) * 100},
                      Bytes{2000 - static_cast<std::uint64_t>(second) * 100});
  for (int second = 21; second <= 80; ++second)  // an index every 10 seconds, 20 of them
    estimator.observe(second, Bytes{2000}, Bytes{0}, {static_cast<std::uint64_t>(second - 20) / 10, 20});
  ASSERT_TRUE(estimator.left());
  EXPECT_LE(estimator.left()->least, 140);
  EXPECT_GE(estimator.left()->least, 50);
  EXPECT_GE(estimator.left()->most, 140);
  EXPECT_LE(estimator.left()->most, 350);
}

TEST(Estimate, BeginsAnewWhenTheWorkDoes) {
  Estimator estimator;
  for (int second = 1; second <= 20; ++second)
    estimator.observe(second, Bytes{static_cast<std::uint64_t>(second) * 100}, Bytes{8000});
  ASSERT_TRUE(estimator.left());
  estimator.observe(21, Bytes{0}, Bytes{10'000});
  EXPECT_FALSE(estimator.left());
}

}  // namespace
}  // namespace recover::cli
