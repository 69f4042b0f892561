// The table of what versions took away, and the packages of extensions.
#include "postgresql/version_rules.hpp"

#include "postgresql/dump_needs.hpp"
#include "postgresql/extension_packages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace recover::postgresql {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(VersionRules, WhatIsNotInTheDumpDoesNotWorry) {
  const VersionJudgement judged = judge_versions({15, {}, true}, 18);
  EXPECT_EQ(judged.level, Compatibility::safe);
  EXPECT_THAT(judged.reasons, IsEmpty());
}

TEST(VersionRules, EveryRuleConcernsOnlyDumpsFromBeforeItIntoServersSinceIt) {
  for (const VersionRule& rule : version_rules()) {
    const std::vector<std::string> has{std::string(rule.feature)};
    const auto told = [&](int from, int to) {
      const auto reasons = judge_versions({from, has, true}, to).reasons;
      return std::find(reasons.begin(), reasons.end(), rule.reason) != reasons.end();
    };
    EXPECT_TRUE(told(rule.since - 1, rule.since)) << rule.feature;
    EXPECT_TRUE(told(9, 18)) << rule.feature;
    EXPECT_FALSE(told(rule.since, 18)) << rule.feature;
    EXPECT_FALSE(told(rule.since - 1, rule.since - 1)) << rule.feature;
    EXPECT_EQ(judge_versions({rule.since - 1, has, true}, rule.since).level, rule.level) << rule.feature;
    for (const std::string_view sign : rule.signs)
      EXPECT_THAT(features_in("x " + std::string(sign)), Contains(std::string(rule.feature)));
  }
}

TEST(VersionRules, AnOlderServerTakesNothing) {
  EXPECT_EQ(judge_versions({18, {}, true}, 17).level, Compatibility::unsupported);
}

TEST(VersionRules, WhatLiesBehindTheHeadIsToldAsPossible) {
  const VersionJudgement judged = judge_versions({10, {}, false}, 11);
  EXPECT_EQ(judged.level, Compatibility::safe);  // nothing went away between them
  const VersionJudgement far = judge_versions({10, {}, false}, 12);
  EXPECT_EQ(far.level, Compatibility::warning);
  ASSERT_EQ(far.reasons.size(), 1U);
  EXPECT_THAT(far.reasons[0], HasSubstr("object_ids"));
}

TEST(DumpNeeds, AreReadFromStatementsOnly) {
  const std::string text =
      "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public;\n"
      "SET default_with_oids = true;\n"
      "COPY t (a) FROM stdin;\nCREATE EXTENSION nobody;\nx abstime\n\\.\n"
      "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'CREATE EXTENSION inside';\n"
      "create extension hstore;\n";
  const DumpNeeds whole = needs_of_script(text, true);
  EXPECT_THAT(whole.extensions, ElementsAre("hstore", "uuid-ossp"));
  EXPECT_THAT(whole.features, ElementsAre("object_ids"));
  EXPECT_TRUE(whole.seen_whole);
  const DumpNeeds head = needs_of_script(text + "CREATE EXTENSION cut_of", false);
  EXPECT_THAT(head.extensions, ElementsAre("hstore", "uuid-ossp"));
  EXPECT_FALSE(head.seen_whole);
}

TEST(ExtensionPackages, AreNamedForTheVersion) {
  EXPECT_EQ(package_of_extension("postgis", 15), "postgresql-15-postgis-3");
  EXPECT_EQ(package_of_extension("vector", 17), "postgresql-17-pgvector");
  EXPECT_EQ(package_of_extension("plpython3u", 16), "postgresql-plpython3-16");
  EXPECT_EQ(package_of_extension("hstore", 15), "postgresql-15");
  EXPECT_EQ(package_of_extension("of_nobody", 15), "");
  EXPECT_EQ(
      advice_for_extensions({"postgis", "postgis_topology", "of_nobody"}, 15),
      "Install postgresql-15-postgis-3, and whatever brings of_nobody for PostgreSQL 15, and run it again.");
}

}  // namespace
}  // namespace recover::postgresql
