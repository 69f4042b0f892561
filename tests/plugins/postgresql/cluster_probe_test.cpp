// Data directories and base backups of real servers through probe: version, identity, names, health.
#include "postgresql/cluster_probe.hpp"

#include "core/scan/scanner.hpp"
#include "postgresql/facts.hpp"
#include "tests/plugins/postgresql/clusters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace recover::postgresql {
namespace {

namespace fs = std::filesystem;
using recover::test::Sandbox;
using testing::Contains;
using testing::HasSubstr;

Candidate candidate_at(const std::string& path) {
  return {"postgresql", "data directory", path, {}, {}, {}};
}

Result<Finding> probe_at(const std::string& root, const std::string& path) {
  const auto tree = scan::open_tree(root);
  EXPECT_TRUE(tree.has_value());
  return probe_data_directory(candidate_at(path), **tree);
}

class ProbeOf : public testing::TestWithParam<std::string> {};

TEST_P(ProbeOf, ReadsWhatTheServerKnew) {
  const auto finding = probe_at(test::cluster(GetParam()), "crashed");
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->kind, "data directory");
  EXPECT_EQ(finding->version.text, GetParam());
  EXPECT_EQ(finding->confidence, Confidence::certain);
  EXPECT_EQ(finding->identity, test::server_fact(GetParam(), "system_identifier"));
  EXPECT_EQ(finding->health.state, HealthState::needs_recovery);
  EXPECT_EQ(text_fact(finding->facts, fact::superuser), GetParam() == "16" ? "boss" : "postgres");
  EXPECT_EQ(text_fact(finding->facts, fact::data_path), "crashed");
  EXPECT_TRUE(list_fact(finding->facts, fact::missing_directories).empty());
  EXPECT_TRUE(list_fact(finding->facts, fact::missing_databases).empty());
  EXPECT_THAT(list_fact(finding->facts, fact::extensions), Contains("amcheck"));
  EXPECT_THAT(list_fact(finding->facts, fact::encodings), testing::ElementsAre("LATIN1", "UTF8"));
  EXPECT_THAT(list_fact(finding->facts, fact::locales), Contains("C.UTF-8"));
}

TEST_P(ProbeOf, DatabaseNamesEqualTheServers) {
  const auto finding = probe_at(test::cluster(GetParam()), "crashed");
  ASSERT_TRUE(finding.has_value());
  std::vector<std::string> known;
  const auto facts = test::server_facts(GetParam());
  for (auto [at, end] = facts.equal_range("database"); at != end; ++at) {
    if (at->second != "template0" && at->second != "template1") known.push_back(at->second);
  }
  std::sort(known.begin(), known.end());
  EXPECT_EQ(finding->databases, known);
}

TEST_P(ProbeOf, ACleanOneIsOk) {
  const auto finding = probe_at(test::cluster(GetParam()), "clean");
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->health.state, HealthState::ok);
}

INSTANTIATE_TEST_SUITE_P(Majors, ProbeOf, testing::ValuesIn(test::majors));

class DamagedCluster : public testing::Test {
 protected:
  void SetUp() override {
    recover::test::copy_tree(test::cluster("15") + "/clean", box_.path("source/data"));
  }
  [[nodiscard]] std::string data(const std::string& name) const { return box_.path("source/data/" + name); }
  [[nodiscard]] Result<Finding> probe() const { return probe_at(box_.source(), "data"); }
  Sandbox box_;
};

TEST_F(DamagedCluster, WithoutItsLogIsIncomplete) {
  fs::remove_all(data("pg_wal"));
  const auto finding = probe();
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->health.state, HealthState::incomplete);
  EXPECT_THAT(list_fact(finding->facts, fact::missing_directories), Contains("pg_wal"));
}

TEST_F(DamagedCluster, LostEmptyDirectoriesAreNamed) {
  fs::remove_all(data("pg_notify"));
  fs::remove_all(data("pg_twophase"));
  const auto finding = probe();
  ASSERT_TRUE(finding.has_value());
  EXPECT_THAT(list_fact(finding->facts, fact::missing_directories),
              testing::ElementsAre("pg_notify", "pg_twophase"));
}

TEST_F(DamagedCluster, TornControlFileIsDamage) {
  std::string bytes = test::file_content(data("global/pg_control"));
  bytes[40] = static_cast<char>(bytes[40] ^ 1);
  box_.write("source/data/global/pg_control", bytes);
  const auto finding = probe();
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->health.state, HealthState::damaged);
  EXPECT_EQ(finding->version.text, "15") << "PG_VERSION still says it";
  EXPECT_THAT(text_fact(finding->facts, fact::control_flaw), HasSubstr("checksum"));
}

TEST_F(DamagedCluster, TakenOverByPgUpgradeIsALeftover) {
  fs::rename(data("global/pg_control"), data("global/pg_control.old"));
  const auto finding = probe();
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->role, Role::leftover);
}

TEST_F(DamagedCluster, AMissingDatabaseIsNamed) {
  const auto before = probe();
  ASSERT_TRUE(before.has_value());
  std::string oid;
  for (const auto& line : list_fact(before->facts, fact::database_details)) {
    if (line.rfind("shop|", 0) == 0) oid = line.substr(5, line.find('|', 5) - 5);
  }
  ASSERT_FALSE(oid.empty());
  fs::remove_all(data("base/" + oid));
  const auto finding = probe();
  ASSERT_TRUE(finding.has_value());
  EXPECT_THAT(list_fact(finding->facts, fact::missing_databases), testing::ElementsAre(oid));
}

TEST_F(DamagedCluster, TablespaceLinksAreLookedForInTheTreeAndNeverFollowed) {
  box_.make_directory("source/srv/ts/PG_15_202209061");
  fs::create_directory_symlink("/srv/ts", data("pg_tblspc/16400"));
  fs::create_directory_symlink("/", data("pg_tblspc/16401"));
  fs::create_directory_symlink("/srv/ts/../../etc", data("pg_tblspc/16402"));
  const auto finding = probe();
  ASSERT_TRUE(finding.has_value());
  EXPECT_THAT(list_fact(finding->facts, fact::tablespaces), testing::ElementsAre("16400=srv/ts"));
  EXPECT_THAT(list_fact(finding->facts, fact::missing_tablespaces),
              testing::ElementsAre("16401=/", "16402=/srv/ts/../../etc"));
  EXPECT_EQ(finding->health.state, HealthState::incomplete);
}

TEST(ClusterProbe, ADecoyIsNotOne) {
  Sandbox box;
  box.write("source/checkout/PG_VERSION", "17\n");
  box.make_directory("source/checkout/base");
  box.make_directory("source/checkout/global");
  const auto finding = probe_at(box.source(), "checkout");
  ASSERT_FALSE(finding.has_value());
  EXPECT_EQ(finding.error().id, "scan.not_recognised");
}

TEST(ClusterProbe, ABaseBackupCarriesWhatReplayNeeds) {
  const std::string root = recover::test::fixture("postgresql-backups");
  const auto finding = probe_at(root, "plain");
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->kind, "base backup");
  EXPECT_TRUE(flag_fact(finding->facts, fact::has_backup_label));
  EXPECT_FALSE(text_fact(finding->facts, fact::backup_start_wal).empty());
  EXPECT_FALSE(text_fact(finding->facts, fact::backup_end_wal).empty()) << "from backup_manifest";
  EXPECT_EQ(text_fact(finding->facts, fact::backup_from), "primary");
  const auto spaces = list_fact(finding->facts, fact::tablespaces);
  ASSERT_EQ(spaces.size(), 1U);
  EXPECT_THAT(spaces[0], testing::EndsWith("=plain_space"));
}

}  // namespace
}  // namespace recover::postgresql
