// A data root and backups of InfluxDB 1.6; 2.x by handmade headers, because Debian 12 has no such server.
#include "influxdb/metadata.hpp"
#include "influxdb/shards.hpp"
#include "tests/plugins/scanning.hpp"

#include <filesystem>

namespace recover::influxdb {
namespace {

using test::find_at;

class InfluxdbRecognition : public ::testing::Test {
 protected:
  void bring(const std::string& name) {
    test::copy_tree(test::fixture("influxdb") + "/" + name, sandbox_.source());
  }
  test::Sandbox sandbox_;
};

TEST_F(InfluxdbRecognition, ADataRootIsOneFinding) {
  bring("root");
  sandbox_.protect(sandbox_.source());
  const Finding found = find_at(sandbox_.source(), "root");
  EXPECT_EQ(found.product, "InfluxDB");
  EXPECT_EQ(found.version.text, "1.x");
  EXPECT_EQ(found.databases, std::vector<std::string>{"sensors"});
  EXPECT_EQ(number_fact(found.facts, "tsm_files"), 1);
  EXPECT_EQ(found.health.state, HealthState::ok);
  EXPECT_EQ(test::paths_in(sandbox_.source()), std::vector<std::string>{"root"});
}

TEST_F(InfluxdbRecognition, ATsmFileWithoutItsIndexIsDamage) {
  bring("root");
  namespace fs = std::filesystem;
  for (const auto& entry : fs::recursive_directory_iterator(sandbox_.source())) {
    if (entry.path().extension() == ".tsm") fs::resize_file(entry.path(), entry.file_size() / 2);
  }
  EXPECT_EQ(find_at(sandbox_.source(), "root").health.state, HealthState::damaged);
}

TEST_F(InfluxdbRecognition, PartsOfARoot) {
  test::copy_tree(test::fixture("influxdb") + "/root/meta", sandbox_.source());
  test::copy_tree(test::fixture("influxdb") + "/root/data/sensors/autogen/1", sandbox_.source());
  EXPECT_EQ(find_at(sandbox_.source(), "1").kind, "shard directory");
  EXPECT_EQ(find_at(sandbox_.source(), "meta").role, Role::part);
}

TEST_F(InfluxdbRecognition, BothKindsOfBackup) {
  bring("portable");
  bring("legacy");
  const Finding portable = find_at(sandbox_.source(), "portable");
  EXPECT_EQ(portable.databases, std::vector<std::string>{"sensors"});
  EXPECT_EQ(portable.health.state, HealthState::ok);
  EXPECT_EQ(find_at(sandbox_.source(), "legacy").databases, std::vector<std::string>{"sensors"});
  for (const auto& entry : std::filesystem::directory_iterator(sandbox_.path("source/portable"))) {
    if (entry.path().extension() == ".gz") std::filesystem::remove(entry.path());
  }
  EXPECT_EQ(find_at(sandbox_.source(), "portable").health.state, HealthState::incomplete);
}

TEST(InfluxdbVersions, HandmadeRootAndBackupOfTheSecondSeries) {
  const test::Sandbox sandbox;
  sandbox.write("source/two/influxd.bolt",
                std::string(16, '\0') + "\xed\xda\x0c\xed" + std::string(4096, '\0'));
  sandbox.make_directory("source/two/engine/data");
  sandbox.write("source/fake/influxd.bolt", std::string(4096, 'x'));
  sandbox.make_directory("source/fake/engine");
  sandbox.write(
      "source/backup/20260101T000000Z.manifest",
      R"({"kv":{"fileName":"a.bolt.gz","size":1},"files":[{"bucketName":"home","fileName":"b.tar.gz"}]})");
  sandbox.write("source/backup/a.bolt.gz", "x");
  sandbox.write("source/backup/b.tar.gz", "x");
  EXPECT_EQ(find_at(sandbox.source(), "two").version.text, "2.x");
  const Finding backup = find_at(sandbox.source(), "backup");
  EXPECT_EQ(backup.version.text, "2.x");
  EXPECT_EQ(backup.databases, std::vector<std::string>{"home"});
  EXPECT_EQ(test::paths_in(sandbox.source()), (std::vector<std::string>{"backup", "two"}))
      << "no magic, no finding";
}

TEST(InfluxdbExports, LineProtocolNamesItsDatabase) {
  const test::Sandbox sandbox;
  sandbox.write("source/export.txt",
                "# DDL\nCREATE DATABASE sensors WITH NAME autogen\n# DML\n# CONTEXT-DATABASE:sensors\n"
                "# CONTEXT-RETENTION-POLICY:autogen\ntemperature,room=1 value=1 1700000000000000000\n");
  EXPECT_EQ(find_at(sandbox.source(), "export.txt").databases, std::vector<std::string>{"sensors"});
}

TEST(InfluxdbParsers, EveryTruncationOfTheMetadataReturns) {
  const std::string whole = test::read_all(test::fixture("influxdb") + "/root/meta/meta.db");
  ASSERT_TRUE(parse_metadata(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) parse_metadata(whole.substr(0, size));
  EXPECT_FALSE(parse_metadata("some text that is no protobuf"));
  EXPECT_FALSE(tsm_flaw("", "", 0).empty());
}

}  // namespace
}  // namespace recover::influxdb
