// Dumps of real pg_dump and pg_dumpall, whole and cut.
#include "postgresql/dump_probe.hpp"

#include "core/scan/scanner.hpp"
#include "postgresql/facts.hpp"
#include "tests/plugins/postgresql/clusters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace recover::postgresql {
namespace {

namespace fs = std::filesystem;
using recover::test::Sandbox;
using testing::Contains;

using Probe = Result<Finding> (*)(const Candidate&, Tree&);

Finding probe_in(Probe probe, const std::string& root, const std::string& path,
                 const std::string& encoding = "") {
  const auto tree = scan::open_tree(root);
  const auto finding = probe({"postgresql", "dump", path, {}, {}, encoding}, **tree);
  EXPECT_TRUE(finding.has_value()) << path;
  return finding ? *finding : Finding{};
}

std::string dumps() {
  return recover::test::fixture("postgresql-backups") + "/dumps";
}

/// One of the dumps, without its last bytes.
std::string cut(const Sandbox& box, const std::string& name, std::size_t bytes) {
  const std::string whole = test::file_content(dumps() + "/" + name);
  box.write("source/" + name, whole.substr(0, whole.size() - bytes));
  return box.source();
}

TEST(DumpProbe, PlainIsCompleteOrCut) {
  const Finding whole = probe_in(probe_plain_dump, dumps(), "shop.sql");
  EXPECT_EQ(whole.version.major(), 15);
  EXPECT_EQ(whole.health.state, HealthState::ok);
  EXPECT_EQ(text_fact(whole.facts, fact::dump_complete), "complete");
  const Sandbox box;
  const Finding half = probe_in(probe_plain_dump, cut(box, "shop.sql", 200), "shop.sql");
  EXPECT_EQ(half.health.state, HealthState::incomplete);
}

TEST(DumpProbe, WhenItWasMadeIsReadFromTheBackupOnly) {
  EXPECT_EQ(text_fact(probe_in(probe_custom_dump, dumps(), "shop.dump").facts, fact::dated_by),
            "archive header");
  EXPECT_EQ(text_fact(probe_in(probe_plain_dump, dumps(), "shop.sql").facts, fact::dated_by), "");
  const Sandbox box;
  std::string verbose = test::file_content(dumps() + "/shop.sql");  // as pg_dump --verbose writes it
  verbose.insert(verbose.find("SET statement_timeout"), "-- Started on 2026-11-21 02:00:03 CET\n\n");
  box.write("source/shop.sql", verbose);
  const Finding finding = probe_in(probe_plain_dump, box.source(), "shop.sql");
  EXPECT_EQ(finding.content_time, 1'795'226'403);
  EXPECT_EQ(text_fact(finding.facts, fact::dated_by), "header");
}

TEST(DumpProbe, CompressedPlainIsReadThroughItsCompressor) {
  const Finding finding = probe_in(probe_plain_dump, dumps(), "shop.sql.gz", "gzip");
  EXPECT_EQ(finding.version.major(), 15);
  EXPECT_EQ(finding.health.state, HealthState::ok) << "small enough to be decoded whole";
}

TEST(DumpProbe, ClusterDumpNamesItsDatabases) {
  const Finding finding = probe_in(probe_cluster_dump, dumps(), "all.sql");
  EXPECT_EQ(finding.kind, "pg_dumpall");
  EXPECT_THAT(finding.databases, testing::ElementsAre("postgres", "shop"));
  EXPECT_EQ(finding.health.state, HealthState::ok);
  const Finding globals = probe_in(probe_cluster_dump, dumps(), "globals.sql");
  EXPECT_EQ(globals.kind, "pg_dumpall globals");
  EXPECT_EQ(globals.role, Role::part);
}

TEST(DumpProbe, CustomArchiveIsWalkedToItsEnd) {
  const Finding whole = probe_in(probe_custom_dump, dumps(), "shop.dump");
  EXPECT_EQ(whole.version.major(), 15);
  EXPECT_THAT(whole.databases, testing::ElementsAre("shop"));
  EXPECT_EQ(whole.health.state, HealthState::ok);
  EXPECT_GT(whole.content_time, 1'700'000'000);
  const Sandbox box;
  for (const std::size_t bytes : {1U, 6U, 100U}) {
    const Finding half = probe_in(probe_custom_dump, cut(box, "shop.dump", bytes), "shop.dump");
    EXPECT_EQ(half.health.state, HealthState::incomplete) << bytes;
  }
}

TEST(DumpProbe, TarArchiveIsWalkedByItsHeaders) {
  EXPECT_EQ(probe_in(probe_tar_dump, dumps(), "shop.tar").health.state, HealthState::ok);
  const Sandbox box;
  const std::size_t half = fs::file_size(dumps() + "/shop.tar") / 2;
  EXPECT_EQ(probe_in(probe_tar_dump, cut(box, "shop.tar", half), "shop.tar").health.state,
            HealthState::incomplete);
}

TEST(DumpProbe, DirectoryWithAMissingFileIsIncomplete) {
  EXPECT_NE(probe_in(probe_directory_dump, dumps(), "shop.d").health.state, HealthState::incomplete);
  const Sandbox box;
  recover::test::copy_tree(dumps() + "/shop.d", box.path("source/shop.d"));
  for (const auto& entry : fs::directory_iterator(box.path("source/shop.d"))) {
    if (entry.path().extension() == ".gz") {
      fs::remove(entry.path());
      break;
    }
  }
  EXPECT_EQ(probe_in(probe_directory_dump, box.source(), "shop.d").health.state, HealthState::incomplete);
}

}  // namespace
}  // namespace recover::postgresql
