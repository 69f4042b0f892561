// What is shown of a run's progress: never more than everything, never an estimate from nothing.
#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace recover::cli {
namespace {

PhaseState copying(std::uint64_t done, std::uint64_t total, double seconds) {
  return {"pg-1", "copy", "base/5/1259", Bytes{total}, Bytes{done}, seconds};
}

TEST(ProgressLine, IsNeverCompleteBeforeItsEnd) {
  EXPECT_EQ(percent_done(copying(50, 100, 1)), 50);
  EXPECT_EQ(percent_done(copying(100, 100, 1)), 99);
  EXPECT_EQ(percent_done(copying(100, 0, 1)), 0);
}

TEST(ProgressLine, EstimatesOnlyWhenThereIsSomethingToEstimateFrom) {
  EXPECT_LT(seconds_left(copying(50, 100, 4)), 0) << "too early";
  EXPECT_LT(seconds_left(copying(1, 100, 60)), 0) << "too little";
  EXPECT_LT(seconds_left(copying(50, 0, 60)), 0) << "total unknown";
  EXPECT_DOUBLE_EQ(seconds_left(copying(25, 100, 10)), 30);
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
  EXPECT_FALSE(progress_fields("", copying(5, 0, 2)).contains("bytes_total")) << "unknown is not 0";
}

TEST(ProgressLine, PlainLinesAreKeysAndValues) {
  const std::string line = plain_line(copying(8'800'000'000, 12'400'000'000, 100));
  EXPECT_NE(line.find("phase=copy item=pg-1 done=8.8GB total=12.4GB pct=70 rate=88.0MB/s eta=40s"),
            std::string::npos)
      << line;
}

}  // namespace
}  // namespace recover::cli
