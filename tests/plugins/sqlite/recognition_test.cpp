// SQLite files made by the library itself (Python's sqlite3), in every state in which they are found.
#include "sqlite/companions.hpp"
#include "sqlite/header.hpp"
#include "tests/plugins/scanning.hpp"

namespace recover::sqlite {
namespace {

using test::find_at;

class SqliteRecognition : public ::testing::Test {
 protected:
  void SetUp() override {
    test::copy_tree(test::fixture("sqlite") + "/.", sandbox_.source());
    sandbox_.protect(sandbox_.source());
  }
  test::Sandbox sandbox_;
};

TEST_F(SqliteRecognition, ACleanDatabaseNamesItsWriterAndItsApplication) {
  const Finding found = find_at(sandbox_.source(), "clean.db");
  EXPECT_EQ(found.product, "SQLite");
  EXPECT_TRUE(found.version.text.starts_with("3.")) << found.version.text;
  EXPECT_EQ(found.health.state, HealthState::ok);
  EXPECT_EQ(text_fact(found.facts, "application"), "Fossil repository");
  EXPECT_EQ(number_fact(found.facts, "user_version"), 7);
  EXPECT_EQ(found.confidence, Confidence::certain);
}

TEST_F(SqliteRecognition, ChangesInTheWriteAheadLogNeedRecovery) {
  const Finding found = find_at(sandbox_.source(), "wal.db");
  EXPECT_EQ(found.health.state, HealthState::needs_recovery);
  EXPECT_GE(number_fact(found.facts, "wal_frames"), 2);
  const auto alone = test::read_all(sandbox_.path("source/wal.db")).size();
  EXPECT_GT(found.size.logical.count, alone) << "the -wal belongs to the size";
}

TEST_F(SqliteRecognition, AHotJournalNeedsRecoveryAndItsLossIsSeen) {
  EXPECT_EQ(find_at(sandbox_.source(), "hot.db").health.state, HealthState::needs_recovery);
  EXPECT_EQ(find_at(sandbox_.source(), "torn.db").health.state, HealthState::torn);
}

TEST_F(SqliteRecognition, CompanionsAreNoFindingsOfTheirOwn) {
  EXPECT_EQ(test::paths_in(sandbox_.source()),
            (std::vector<std::string>{"clean.db", "clean.sql", "hot.db", "torn.db", "wal.db"}));
}

TEST(SqliteDamage, ACutFileAndACutDumpAreTold) {
  const test::Sandbox sandbox;
  const std::string whole = test::read_all(test::fixture("sqlite") + "/clean.db");
  const std::string dump = test::read_all(test::fixture("sqlite") + "/clean.sql");
  sandbox.write("source/cut.db", whole.substr(0, whole.size() / 2));
  sandbox.write("source/whole.sql", dump);
  sandbox.write("source/cut.sql", dump.substr(0, dump.size() / 2));
  sandbox.write("source/errors.sql", dump.substr(0, dump.size() - 8) + "ROLLBACK; -- due to errors\n");
  EXPECT_EQ(find_at(sandbox.source(), "cut.db").health.state, HealthState::damaged);
  EXPECT_EQ(find_at(sandbox.source(), "whole.sql").health.state, HealthState::ok);
  EXPECT_EQ(find_at(sandbox.source(), "cut.sql").health.state, HealthState::incomplete);
  EXPECT_EQ(find_at(sandbox.source(), "errors.sql").health.state, HealthState::damaged);
}

TEST(SqliteDamage, TheMagicAloneIsNotBelieved) {
  const test::Sandbox sandbox;
  sandbox.write("source/fake.db", std::string("SQLite format 3\0", 16) + std::string(4096, 'x'));
  EXPECT_TRUE(test::paths_in(sandbox.source()).empty());
}

TEST(SqliteNoise, ABrowserProfileIsOneRowAndAServersDatabaseIsNot) {
  const test::Sandbox sandbox;
  const std::string whole = test::read_all(test::fixture("sqlite") + "/clean.db");
  const std::string profile = "source/home/ada/.mozilla/firefox/x1.default/";
  for (const char* name : {"places.sqlite", "cookies.sqlite", "favicons.sqlite"})
    sandbox.write(profile + name, whole);
  sandbox.write("source/home/ada/.local/share/app/grafana.db", whole);
  EXPECT_EQ(test::paths_in(sandbox.source()).size(), 2U);
  EXPECT_EQ(find_at(sandbox.source(), "home/ada/.local/share/app/grafana.db").role, Role::database);
  EXPECT_EQ(find_at(sandbox.source(), "home/ada/.mozilla/firefox/x1.default").role, Role::grouped);
}

TEST(SqliteOrphans, AnEncryptedDatabaseIsKnownByItsCompanion) {
  const test::Sandbox sandbox;
  sandbox.write("source/signal.db", std::string(4096, '\x5a'));
  sandbox.write("source/signal.db-wal", test::read_all(test::fixture("sqlite") + "/wal.db-wal"));
  sandbox.write("source/lost.db-wal", test::read_all(test::fixture("sqlite") + "/wal.db-wal"));
  const Finding locked = find_at(sandbox.source(), "signal.db");
  EXPECT_EQ(locked.health.state, HealthState::locked);
  EXPECT_EQ(locked.role, Role::wrapper);
  EXPECT_EQ(find_at(sandbox.source(), "lost.db-wal").health.state, HealthState::incomplete);
}

TEST(SqliteParsers, EveryTruncationReturns) {
  const std::string header = test::read_all(test::fixture("sqlite") + "/clean.db").substr(0, 200);
  const std::string wal = test::read_all(test::fixture("sqlite") + "/wal.db-wal");
  for (std::size_t size = 0; size < header.size(); ++size) {
    EXPECT_EQ(read_header(header.substr(0, size)).has_value(), size >= header_size);
  }
  const WriteAheadLog whole = parse_wal(wal);
  EXPECT_GE(whole.committed, 2U);
  for (std::size_t size = 0; size < wal.size(); size += 13)
    EXPECT_LE(parse_wal(wal.substr(0, size)).committed, whole.committed);
}

}  // namespace
}  // namespace recover::sqlite
