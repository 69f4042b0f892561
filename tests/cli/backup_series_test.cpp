// A directory of real dumps, one for each night but one: the scan says how often and which night is missing.
#include "cli_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace recover::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class BackupSeries : public ::testing::Test {
 protected:
  /// A dump of the fixture under another name.
  void put(const std::string& dump, const std::string& name) const {
    fs::create_directories(fs::path(box.source() + "/" + name).parent_path());
    fs::copy_file(fixture("postgresql-backups") + "/dumps/" + dump, box.source() + "/" + name);
  }

  Sandbox box;
};

TEST_F(BackupSeries, AMissingNightIsTold) {
  for (const char* date : {"2026-11-12", "2026-11-13", "2026-11-14", "2026-11-16", "2026-11-17"}) {
    put("shop.sql.gz", std::string("nightly/shop-") + date + "-020000.sql.gz");
    put("all.sql", std::string("cluster/") + date + "/all.sql");
  }
  put("shop.sql", "elsewhere/shop-2026-11-12.sql");
  put("shop.sql", "elsewhere/shop-2026-11-13.sql");
  box.protect(box.source());
  const Outcome told = box.recover({"scan", box.source()});
  ASSERT_EQ(told.exit, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr("nightly/shop-*.sql.gz: 5 backups, 2026-11-12 02:00 to 2026-11-17 02:00, "
                                  "usually 1 day apart; the newest, pg-"));
  EXPECT_THAT(told.out,
              HasSubstr("gap: nothing between 2026-11-14 02:00 and 2026-11-16 02:00 (1 backup missing)"));
  EXPECT_THAT(told.out, HasSubstr("on 5 days, in 2 weeks and 1 month; dated by file name"));
  EXPECT_THAT(told.out, HasSubstr("cluster/*/all.sql: 5 backups, 2026-11-12 to 2026-11-17, usually 1 day"));
  EXPECT_THAT(told.out, Not(HasSubstr("elsewhere/shop-*"))) << "two are no series yet";
  const Outcome json = box.recover({"scan", box.source(), "--json"});
  EXPECT_EQ(json_objection(json.out, "recover.scan.schema.json"), "");
  const auto series = nlohmann::json::parse(json.out).at("series");
  ASSERT_EQ(series.size(), 3U);
  EXPECT_EQ(series[0]["ids"].size(), 5U);
  EXPECT_EQ(series[0]["usual_interval_seconds"], 86'400);
  ASSERT_EQ(series[0]["gaps"].size(), 1U);
  EXPECT_EQ(series[0]["gaps"][0]["missing"], 1);
}

TEST_F(BackupSeries, WithoutDatesThereIsNone) {
  for (const char* name : {"shop.sql", "shop.sql.gz", "shop.dump"}) put(name, name);
  const Outcome told = box.recover({"scan", box.source()});
  ASSERT_EQ(told.exit, 0) << told.err;
  EXPECT_THAT(told.out, Not(HasSubstr("Backup series")));
}

}  // namespace
}  // namespace recover::test
