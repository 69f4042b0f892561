// What is shown of a run's progress: never more than everything, never an estimate from nothing.
#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace recover::cli {
namespace {

PhaseState copying(std::uint64_t done, std::uint64_t total, double seconds) {
  PhaseState state;
  state.item = "pg-1";
  state.phase = "copy";
  state.detail = "base/5/1259";
  state.total = Bytes{total};
  state.done = Bytes{done};
  state.seconds = seconds;
  state.rate = static_cast<double>(done) / seconds;
  return state;
}

TEST(ProgressLine, IsNeverCompleteBeforeItsEnd) {
  EXPECT_EQ(percent_done(copying(50, 100, 1)), 50);
  EXPECT_EQ(percent_done(copying(100, 100, 1)), 99);
  EXPECT_EQ(percent_done(copying(100, 0, 1)), 0);
}

TEST(ProgressLine, TellsTheTimeLeftAsARange) {
  EXPECT_EQ(time_left(std::nullopt), "estimating");
  EXPECT_EQ(time_left(Estimate{40, 55}), "40-55 s left");
  EXPECT_EQ(time_left(Estimate{490, 640}), "8-11 min left");
  EXPECT_EQ(time_left(Estimate{540, 600}), "about 10 min left");
  EXPECT_EQ(time_left(Estimate{0, 140}), "less than 3 min left");
  EXPECT_EQ(time_left(Estimate{8000, 17000}), "2-5 h left");
  EXPECT_EQ(time_left(Estimate{300, 3000}), "at least 5 min left");
  EXPECT_EQ(time_left(Estimate{28, 367}), "at least 28 s left");
}

TEST(ProgressLine, ShowsBytesAndThingsTogether) {
  PhaseState state = copying(3'400'000'000, 10'200'000'000, 100);
  state.count = {"tables", 12, 61};
  state.left = Estimate{490, 640};
  EXPECT_EQ(amount_done(state, 10),
            "[###-------]  33 %   3.4 GB / 10.2 GB, 12/61 tables   34.0 MB/s   8-11 min left");
  state.count.total = 0;
  EXPECT_EQ(amount_done(state, 0), "33 %   3.4 GB / 10.2 GB, 12 tables   34.0 MB/s   8-11 min left");
}

TEST(ProgressLine, APhaseBehindItsBytesHasWordsInsteadOfAFrozenPercentage) {
  PhaseState state = copying(10'200'000'000, 10'200'000'000, 300);
  state.count = {"statements", 55, 61};
  EXPECT_EQ(amount_done(state, 10), "all 10.2 GB read, 55/61 statements");
  state.total = {};
  state.done = {};
  EXPECT_EQ(amount_done(state, 10), "55/61 statements") << "nothing is measured in bytes";
}

TEST(ProgressLine, SaysThatNothingMoves) {
  PhaseState state = copying(50, 100, 300);
  state.idle = 45;
  state.left = Estimate{1, 2};
  EXPECT_EQ(amount_done(state, 0), "50 %   50 B / 100 B   nothing moved for 45.0 s");
}

TEST(ProgressLine, FitsEveryTerminal) {
  for (const unsigned width : {1U, 2U, 40U, 80U, 500U}) {
    EXPECT_LE(terminal_line(copying(1'000'000, 9'000'000, 9), width).size(), std::max(1U, width - 1))
        << width;
  }
}

TEST(ProgressLine, ForeignNamesCannotMoveTheCursor) {
  PhaseState state = copying(1, 2, 9);
  state.detail = "a\x1b[2Jb\nc";
  for (const auto& line : {terminal_line(state, 200), plain_line(state)}) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_EQ(line.find('\n'), std::string::npos);
  }
}

TEST(ProgressFields, NameTheItemAndItsBytes) {
  const auto fields = progress_fields("pg-1", copying(5, 10, 2));
  EXPECT_EQ(fields["id"], "pg-1");
  EXPECT_EQ(fields["phase"], "copy");
  EXPECT_EQ(fields["bytes_done"], 5);
  EXPECT_EQ(fields["bytes_total"], 10);
  EXPECT_FALSE(fields.contains("seconds_left")) << "unknown is not 0";
  EXPECT_FALSE(progress_fields("", copying(5, 0, 2)).contains("bytes_total")) << "unknown is not 0";
  PhaseState state = copying(5, 10, 2);
  state.left = Estimate{3, 4.6};
  state.count = {"tables", 1, 0};
  const auto more = progress_fields("pg-1", state);
  EXPECT_EQ(more["seconds_left"].dump(), R"({"least":3,"most":5})");
  EXPECT_EQ(more["count"].dump(), R"({"things":"tables","done":1})");
}

TEST(ProgressLine, PlainLinesAreKeysAndValues) {
  PhaseState state = copying(8'800'000'000, 12'400'000'000, 100);
  state.left = Estimate{38.4, 45};
  const std::string line = plain_line(state);
  EXPECT_NE(line.find("phase=copy item=pg-1 done=8.8GB total=12.4GB pct=70 rate=88.0MB/s eta=38-45s"),
            std::string::npos)
      << line;
}

}  // namespace
}  // namespace recover::cli
