// The offline assessment of real clusters and backups: what is missing is named, what is torn is proved.
#include "postgresql/assess.hpp"

#include "core/scan/scanner.hpp"
#include "core/sys/host.hpp"
#include "postgresql/cluster_probe.hpp"
#include "postgresql/facts.hpp"
#include "tests/plugins/postgresql/clusters.hpp"
#include "tests/support/silent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace recover::postgresql {
namespace {

namespace fs = std::filesystem;
using recover::test::Sandbox;
using testing::HasSubstr;

using recover::test::NoLog;

class AssessTest : public testing::Test {
 protected:
  /// Probes and assesses the directory "data" of the sandbox's source.
  Assessment assess_data() {
    const auto tree = scan::open_tree(box_.source());
    const auto finding = probe_data_directory({"postgresql", "data directory", "data", {}, {}, {}}, **tree);
    EXPECT_TRUE(finding.has_value());
    const Survey survey{box_.source(), {*finding}};
    auto assessment = assess(*finding, survey, wishes_, **tree, *host_);
    EXPECT_TRUE(assessment.has_value());
    return *assessment;
  }

  static std::string blocked_by(const Assessment& assessment) {
    EXPECT_EQ(assessment.options.front().strategy, Strategy::direct);
    return assessment.options.front().blocked ? assessment.options.front().blocked->id : "";
  }

  void take(const std::string& from) { recover::test::copy_tree(from, box_.path("source/data")); }
  void take_backup(const std::string& name) {
    take(recover::test::fixture("postgresql-backups") + "/" + name);
  }
  [[nodiscard]] std::string data(const std::string& name) const { return box_.path("source/data/" + name); }

  Sandbox box_;
  NoLog log_;
  std::unique_ptr<Host> host_ = sys::make_host(log_);
  Wishes wishes_;
};

TEST_F(AssessTest, ACrashedClusterCanBeCopied) {
  take(test::cluster("15") + "/crashed");
  const Assessment assessment = assess_data();
  EXPECT_EQ(blocked_by(assessment), "");
  EXPECT_EQ(assessment.finding.health.state, HealthState::needs_recovery);
  EXPECT_FALSE(text_fact(assessment.facts, fact::wal_end).empty());
}

TEST_F(AssessTest, AnotherMajorNeedsItsServer) {
  take(test::cluster("13") + "/clean");
  const Assessment assessment = assess_data();
  EXPECT_EQ(blocked_by(assessment), "postgresql.server_not_installed");
  EXPECT_EQ(assessment.options.front().blocked->exit, ExitCode::tool_missing);
}

TEST_F(AssessTest, ABaseBackupIsCompleteOnlyWithItsLog) {
  take_backup("plain");
  EXPECT_EQ(blocked_by(assess_data()), "");
  for (const auto& entry : fs::directory_iterator(data("pg_wal"))) {
    if (entry.is_regular_file()) fs::remove(entry.path());
  }
  const Assessment without = assess_data();
  EXPECT_EQ(blocked_by(without), "postgresql.wal_missing");
  EXPECT_FALSE(list_fact(without.facts, fact::wal_missing).empty());
  EXPECT_TRUE(fs::exists(data("backup_label")));
}

TEST_F(AssessTest, ALogCutBeforeTheEndOfTheBackupIsSeen) {
  take_backup("plain");
  fs::remove(data("backup_manifest"));  // then only the end-of-backup record itself can tell
  EXPECT_EQ(blocked_by(assess_data()), "");
  for (const auto& entry : fs::directory_iterator(data("pg_wal"))) {
    if (!entry.is_regular_file()) continue;
    std::string bytes = test::file_content(entry.path());
    std::fill(bytes.begin() + 0xD8, bytes.end(), '\0');
    box_.write("source/data/pg_wal/" + entry.path().filename().string(), bytes);
  }
  EXPECT_EQ(blocked_by(assess_data()), "postgresql.wal_missing");
}

TEST_F(AssessTest, ACopyOfALiveDirectoryIsProvedTorn) {
  take_backup("live");
  const Assessment assessment = assess_data();
  EXPECT_EQ(assessment.finding.health.state, HealthState::torn);
  EXPECT_EQ(blocked_by(assessment), "postgresql.torn_copy");
  EXPECT_THAT(assessment.finding.health.notes, testing::Contains(HasSubstr("but the log ends at")));
}

TEST_F(AssessTest, AnotherBlockSizeIsRefused) {
  take(test::cluster("15") + "/clean");
  std::string bytes = test::file_content(data("global/pg_control"));
  bytes[216 + 1] = 0x40;  // blcksz 16384; the checksum is corrected below by leaving the field consistent
  box_.write("source/data/global/pg_control", bytes);
  EXPECT_EQ(blocked_by(assess_data()), "postgresql.control_damaged")
      << "a changed field without its checksum";
}

TEST_F(AssessTest, ForeignSettingsAreListedNotTaken) {
  take(test::cluster("15") + "/clean");
  box_.write("source/data/postgresql.auto.conf",
             "archive_command = 'touch /marker'\nshared_preload_libraries = 'evil'\n");
  const Assessment assessment = assess_data();
  EXPECT_THAT(text_fact(assessment.ignored_settings, "archive_command"),
              HasSubstr("postgresql.auto.conf:1 touch"));
  EXPECT_THAT(list_fact(assessment.facts, fact::preload_libraries), testing::ElementsAre("evil"));
}

}  // namespace
}  // namespace recover::postgresql
