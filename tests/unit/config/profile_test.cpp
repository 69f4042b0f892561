// Profiles: other defaults, and nothing but defaults.
#include "config/profile.hpp"

#include "config/value.hpp"

#include <gtest/gtest.h>

#include <set>

namespace recover::config {
namespace {

Settings with(const std::vector<std::pair<std::string, std::string>>& said) {
  Settings settings;
  for (const auto& [name, value] : said) EXPECT_TRUE(settings.set(name, value, "command line")) << name;
  return settings;
}

TEST(Profile, EveryRowIsAnAcceptableValueOfAnOption) {
  for (const ProfileRow& row : profile_rows()) {
    ASSERT_NE(find_option(row.option), nullptr) << row.option;
    for (const unsigned cores : {1U, 2U, 24U, 512U}) {
      Settings settings = with({{"restore.profile", row.profile}});
      apply_profile(settings, cores);
      EXPECT_EQ(objection(*find_option(row.option), settings.text(row.option)), "") << row.option;
    }
  }
}

TEST(Profile, LowIsOneThingAtATime) {
  Settings settings = with({{"restore.profile", "low"}});
  apply_profile(settings, 8);
  EXPECT_EQ(settings.number("max_parallel_operations"), 1);
  EXPECT_EQ(settings.number("jobs-per-database"), 1);
  EXPECT_TRUE(settings.flag("nice"));
  EXPECT_EQ(settings.text("io-class"), "idle");
  EXPECT_EQ(settings.origin("nice").place, "profile low");
  EXPECT_FALSE(settings.is_set("nice")) << "it is a default still";
}

TEST(Profile, BalancedIsTheTableOfOptions) {
  Settings settings = with({{"restore.profile", "balanced"}});
  apply_profile(settings, 8);
  const Settings usual;
  for (const std::string& name : usual.names()) {
    if (name == "restore.profile") continue;
    EXPECT_EQ(settings.text(name), usual.text(name)) << name;
  }
}

TEST(Profile, HigherOnesCountCores) {
  Settings high = with({{"restore.profile", "high"}});
  apply_profile(high, 8);
  EXPECT_EQ(high.number("jobs-per-database"), 16);
  Settings ultra = with({{"restore.profile", "ultra"}});
  apply_profile(ultra, 4);
  EXPECT_EQ(ultra.number("jobs-per-database"), 16);
  EXPECT_EQ(ultra.number("max_parallel_operations"), 4);
}

TEST(Profile, WhatSomebodySaidOutranksIt) {
  Settings settings =
      with({{"restore.profile", "low"}, {"max_parallel_operations", "3"}, {"nice", "false"}, {"jobs", "0"}});
  apply_profile(settings, 8);
  EXPECT_EQ(settings.number("max_parallel_operations"), 3);
  EXPECT_FALSE(settings.flag("nice"));
  EXPECT_EQ(settings.number("jobs"), 0);
  EXPECT_EQ(settings.text("io-class"), "idle");
}

}  // namespace
}  // namespace recover::config
