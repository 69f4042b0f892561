// What values may look like.
#include "config/value.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace recover::config {
namespace {

TEST(Value, SizesAreDecimalOrBinaryByTheirUnit) {
  EXPECT_EQ(parse_size("2GB"), 2'000'000'000);
  EXPECT_EQ(parse_size("2 gb"), 2'000'000'000);
  EXPECT_EQ(parse_size("2g"), 2LL << 30);
  EXPECT_EQ(parse_size("512MiB"), 512LL << 20);
  EXPECT_EQ(parse_size("1073741824"), 1LL << 30);
  for (const char* wrong : {"", "GB", "2x", "-1", "1.5GB", "99999999999TB"})
    EXPECT_FALSE(parse_size(wrong)) << wrong;
}

TEST(Value, DurationsAddUp) {
  EXPECT_EQ(parse_duration("60"), 60);
  EXPECT_EQ(parse_duration("7d"), 604'800);
  EXPECT_EQ(parse_duration("1h30m"), 5'400);
  for (const char* wrong : {"", "d", "7 days", "-1", "1y", "9223372036854775807w"}) {
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  }
}

TEST(Value, MomentsAreOfThisMachineOrOfUtc) {
  EXPECT_EQ(parse_moment("2026-11-20T03:15:00Z"), 1'795'144'500);
  EXPECT_EQ(parse_moment("2026-11-20 03:15Z"), 1'795'144'500);
  EXPECT_EQ(parse_moment("2026-11-20Z"), 1'795'219'199) << "a day means its end";
  std::tm local{};
  local.tm_year = 126;
  local.tm_mon = 10;
  local.tm_mday = 20;
  local.tm_hour = 3;
  local.tm_isdst = -1;
  EXPECT_EQ(parse_moment("2026-11-20 03:00"), std::mktime(&local));
  for (const char* wrong : {"", "yesterday", "2026-11", "2026-11-20 25:00", "2026-11-20 03:15 o'clock"})
    EXPECT_FALSE(parse_moment(wrong)) << wrong;
}

TEST(Value, PercentagesStayBetweenNothingAndAll) {
  EXPECT_EQ(parse_percent("80"), 80);
  EXPECT_EQ(parse_percent("99.5%"), 99.5);
  for (const char* wrong : {"", "101", "-1", "80 %", "nan", "many"})
    EXPECT_FALSE(parse_percent(wrong)) << wrong;
}

TEST(Value, FlagsHaveFourWordsEach) {
  for (const char* yes : {"true", "yes", "on", "1"}) EXPECT_EQ(parse_flag(yes), true) << yes;
  for (const char* no : {"false", "no", "off", "0"}) EXPECT_EQ(parse_flag(no), false) << no;
  EXPECT_FALSE(parse_flag("maybe"));
}

TEST(Value, AWrongChoiceIsAnsweredWithTheNearest) {
  EXPECT_NE(objection(*find_option("restore.lock_action"), "fial").find("did you mean \"fail\""),
            std::string::npos);
  EXPECT_NE(objection(*find_option("metrics_port"), "0").find("from 1 to 65535"), std::string::npos);
}

TEST(Value, AnInstantHasATimeOfDayAndMayHaveAZone) {
  EXPECT_EQ(parse_instant("2025-11-21 03:00:00.25Z"), 1763694000250000);
  EXPECT_EQ(parse_instant("2025-11-21T04:00:00.25+01"), 1763694000250000);
  EXPECT_EQ(parse_instant("2025-11-21 00:30 -02:30"), 1763694000000000);
  EXPECT_EQ(parse_instant("2025-11-21 03:00 UTC"), 1763694000000000);
  EXPECT_TRUE(parse_instant("2025-11-21 03:00:00"));
  for (const char* bad : {"2025-11-21", "yesterday", "2025-11-21 03:00+1", "2025-11-21 03:00 CET", ""})
    EXPECT_FALSE(parse_instant(bad)) << bad;
}

}  // namespace
}  // namespace recover::config
