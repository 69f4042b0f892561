// Dates in names, and what a row of backups tells: how often, which are missing, what was thinned out.
#include "core/scan/backup_series.hpp"
#include "core/text/format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recover::scan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t day = 86'400;

std::string date_of(const std::string& name) {
  const auto date = date_in_name(name);
  if (!date) return "none";
  const std::string written = text::timestamp(date->time);
  return date->has_time_of_day ? written.substr(0, 19) : written.substr(0, 10);
}

Finding dump(const std::string& path, const std::string& identity = "") {
  Finding finding;
  finding.id = path;
  finding.engine = "postgresql";
  finding.path = path;
  finding.identity = identity;
  return finding;
}

/// Dated by what the backups say themselves, so many days after the first of January 2026.
std::vector<BackupSeries> series_after(const std::vector<double>& days) {
  std::vector<Finding> findings;
  for (const double after : days) {
    findings.push_back(dump("shop.dump", "shop"));
    findings.back().id = std::to_string(findings.size());
    findings.back().content_time = 1'767'225'600 + static_cast<std::int64_t>(after * day);
    set_fact(findings.back().facts, "dated_by", std::string("archive header"));
  }
  return backup_series(findings);
}

/// Of the only series: days after the first of January at which gaps begin.
std::vector<std::int64_t> gaps_after(const std::vector<double>& days) {
  std::vector<std::int64_t> begins;
  const auto all = series_after(days);
  for (const SeriesGap& gap : all.at(0).gaps) begins.push_back((gap.from - 1'767'225'600) / day);
  return begins;
}

TEST(BackupSeries, DatesInNamesAreRead) {
  EXPECT_EQ(date_of("shop-2026-11-21.sql.gz"), "2026-11-21");
  EXPECT_EQ(date_of("shop_20261121.dump"), "2026-11-21");
  EXPECT_EQ(date_of("2026.11.21-shop"), "2026-11-21");
  EXPECT_EQ(date_of("postgres-backup-2026-11-21-020530.sql.gz"), "2026-11-21T02:05:30");
  EXPECT_EQ(date_of("shop_2026_11_21_02_05.sql"), "2026-11-21T02:05:00");
  EXPECT_EQ(date_of("shop-20261121T0205.sql"), "2026-11-21T02:05:00");
  EXPECT_EQ(date_of("shop-20261121020530.sql"), "2026-11-21T02:05:30");
  EXPECT_EQ(date_of("2025-01-01/shop-2026-11-21 02:05:30"), "2026-11-21T02:05:30");
  EXPECT_EQ(date_of("shop-2026-11-21-1.sql"), "2026-11-21");
  for (const char* name : {"shop.sql", "shop-20261321.sql", "shop-2026-02-31.sql", "7710747952366010481",
                           "v2026-11", "shop-120261121.sql", "shop-2026112102.sql", "1234-11-21"}) {
    EXPECT_EQ(date_of(name), "none") << name;
  }
}

TEST(BackupSeries, AMissingNightIsAGap) {
  std::vector<Finding> findings;
  for (const char* date : {"2026-11-18", "2026-11-14", "2026-11-15", "2026-11-17"})
    findings.push_back(dump(std::string("backup/shop-") + date + ".sql.gz"));
  findings.push_back(dump("backup/crm-2026-11-18.sql.gz"));
  const auto all = backup_series(findings);
  ASSERT_EQ(all.size(), 1U);
  const BackupSeries& series = all[0];
  EXPECT_EQ(series.where, "backup/shop-*.sql.gz");
  EXPECT_THAT(series.ids, ElementsAre("backup/shop-2026-11-14.sql.gz", "backup/shop-2026-11-15.sql.gz",
                                      "backup/shop-2026-11-17.sql.gz", "backup/shop-2026-11-18.sql.gz"));
  EXPECT_THAT(series.dated_by, ElementsAre("file name"));
  EXPECT_FALSE(series.has_time_of_day);
  EXPECT_EQ(series.usual_interval, day);
  ASSERT_EQ(series.gaps.size(), 1U);
  EXPECT_EQ(text::timestamp(series.gaps[0].from), "2026-11-15T00:00:00Z");
  EXPECT_EQ(text::timestamp(series.gaps[0].to), "2026-11-17T00:00:00Z");
  EXPECT_EQ(series.gaps[0].missing, 1U);
  EXPECT_EQ(series.days, 4U);
  EXPECT_EQ(series.weeks, 2U) << "the 15th was a Sunday";
  EXPECT_EQ(series.months, 1U);
}

TEST(BackupSeries, DirectoriesWithDatesAreOneSeries) {
  const auto all = backup_series({dump("backup/2026-11-20/shop.sql"), dump("backup/2026-11-21/shop.sql"),
                                  dump("backup/2026-11-21/crm.sql"), dump("backup/now/shop.sql")});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].where, "backup/*/shop.sql");
  EXPECT_THAT(all[0].dated_by, ElementsAre("directory name"));
  EXPECT_EQ(all[0].usual_interval, 0) << "two backups have no usual interval";
}

TEST(BackupSeries, WhatTheBackupSaysIsTrustedMoreThanItsName) {
  Finding renamed = dump("shop-2020-01-01.dump", "shop");
  renamed.content_time = 1'767'225'600;
  const auto by_name = backup_series({renamed, dump("shop-2026-01-02.dump", "shop")});
  ASSERT_EQ(by_name.size(), 1U);
  EXPECT_EQ(text::timestamp(by_name[0].oldest), "2020-01-01T00:00:00Z") << "a file's time is no date";
  set_fact(renamed.facts, "dated_by", std::string("archive header"));
  const auto by_header = backup_series({renamed, dump("shop-2026-01-02.dump", "shop")});
  EXPECT_EQ(text::timestamp(by_header.at(0).oldest), "2026-01-01T00:00:00Z");
  EXPECT_THAT(by_header[0].dated_by, ElementsAre("archive header", "file name"));
}

TEST(BackupSeries, UndatedOnesAreInNone) {
  EXPECT_THAT(backup_series({dump("shop.sql.1", "shop"), dump("shop.sql.2", "shop")}), IsEmpty());
}

TEST(BackupSeries, GapsAreClearlyLongerThanUsual) {
  EXPECT_THAT(gaps_after({0, 1, 2, 3, 4}), IsEmpty());
  EXPECT_THAT(gaps_after({0, 1.04, 1.96, 3, 4.4, 5}), IsEmpty()) << "late is not missing";
  EXPECT_THAT(gaps_after({0, 1, 3, 4, 5, 9, 10}), ElementsAre(1, 5));
  EXPECT_THAT(gaps_after({0, 2, 3, 4, 5}), ElementsAre(0));
  EXPECT_EQ(series_after({0, 1, 2, 6, 7}).at(0).gaps.at(0).missing, 3U);
  EXPECT_THAT(gaps_after({0, 7, 14, 28, 35}), ElementsAre(14));
  EXPECT_EQ(series_after({0, 0.25, 0.5, 1, 1.25}).at(0).usual_interval, day / 4);
}

TEST(BackupSeries, ThinnedOutIsNoGap) {
  // Three monthly, three weekly and seven daily ones.
  const std::vector<double> kept = {0, 30, 61, 92, 99, 106, 113, 114, 115, 116, 117, 118, 119, 120};
  EXPECT_THAT(gaps_after(kept), IsEmpty());
  EXPECT_EQ(series_after(kept).at(0).usual_interval, day);
  EXPECT_THAT(gaps_after({0, 30, 92, 122, 129, 136, 150, 151, 152, 153, 154, 156, 157}),
              ElementsAre(30, 136, 154))
      << "but what is missing among them is";
}

}  // namespace
}  // namespace recover::scan
