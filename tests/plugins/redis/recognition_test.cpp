// Snapshots and append-only files of redis-server 7.0; other versions, Valkey and KeyDB by handmade heads
// (reference: rdb.c), because Debian 12 has no such servers.
#include "redis/aof_manifest.hpp"
#include "redis/crc64.hpp"
#include "redis/rdb.hpp"
#include "tests/plugins/scanning.hpp"

namespace recover::redis {
namespace {

using test::find_at;

std::string aux(const std::string& name, const std::string& value) {
  return "\xfa" + std::string(1, static_cast<char>(name.size())) + name +
         std::string(1, static_cast<char>(value.size())) + value;
}

std::string sizes(char keys) {
  return std::string("\xfe\0\xfb", 3) + keys + '\0';
}

TEST(RedisRecognition, ASnapshotWithRightChecksum) {
  test::Sandbox sandbox;
  test::copy_tree(test::fixture("redis") + "/snapshot", sandbox.source());
  sandbox.protect(sandbox.source());
  const Finding found = find_at(sandbox.source(), "snapshot/dump.rdb");
  EXPECT_EQ(found.product, "Redis");
  EXPECT_TRUE(found.version.text.starts_with("7.0.")) << found.version.text;
  EXPECT_EQ(number_fact(found.facts, "snapshot_keys"), 306);
  EXPECT_EQ(number_fact(found.facts, "snapshot_expiring_keys"), 1);
  EXPECT_EQ(found.health.summary, "complete, checksum right");
  EXPECT_GT(found.content_time, 1'700'000'000);
}

TEST(RedisRecognition, OneInstanceIsOneFindingWithBothFiles) {
  test::Sandbox sandbox;
  test::copy_tree(test::fixture("redis") + "/multi_part", sandbox.source());
  sandbox.protect(sandbox.source());
  const Finding found = find_at(sandbox.source(), "multi_part");
  EXPECT_EQ(found.kind, "data directory");
  EXPECT_EQ(found.role, Role::database);
  EXPECT_EQ(text_fact(found.facts, "snapshot"), "multi_part/dump.rdb");
  EXPECT_EQ(text_fact(found.facts, "append_only"), "multi_part/appendonlydir");
  EXPECT_EQ(found.health.state, HealthState::ok);
  for (const Finding& other : test::scan_with_plugin(sandbox.source()).survey.findings) {
    EXPECT_TRUE(other.path == "multi_part" || other.role == Role::part) << other.path;
  }
}

TEST(RedisDamage, CutAndFlippedFilesAreTold) {
  const test::Sandbox sandbox;
  std::string snapshot = test::read_all(test::fixture("redis") + "/snapshot/dump.rdb");
  const std::string commands = test::read_all(test::fixture("redis") + "/old/appendonly.aof");
  sandbox.write("source/cut.rdb", snapshot.substr(0, snapshot.size() / 2));
  snapshot[snapshot.size() / 2] ^= 1;
  sandbox.write("source/flipped.rdb", snapshot);
  sandbox.write("source/a/whole.aof", commands);
  sandbox.write("source/b/cut.aof", commands.substr(0, commands.size() - 5));
  sandbox.write("source/c/open.aof", commands + "*1\r\n$5\r\nMULTI\r\n");
  sandbox.write("source/d/garbage.aof", commands + "garbage behind the last command\r\n");
  EXPECT_EQ(find_at(sandbox.source(), "cut.rdb").health.state, HealthState::incomplete);
  EXPECT_EQ(find_at(sandbox.source(), "flipped.rdb").health.state, HealthState::damaged);
  EXPECT_EQ(find_at(sandbox.source(), "a/whole.aof").health.state, HealthState::ok);
  EXPECT_EQ(find_at(sandbox.source(), "b/cut.aof").health.state, HealthState::needs_recovery);
  EXPECT_EQ(find_at(sandbox.source(), "c/open.aof").health.state, HealthState::needs_recovery);
  EXPECT_EQ(find_at(sandbox.source(), "d/garbage.aof").health.state, HealthState::damaged);
}

TEST(RedisDamage, APartOfTheManifestIsMissing) {
  const test::Sandbox sandbox;
  test::copy_tree(test::fixture("redis") + "/multi_part", sandbox.source());
  std::remove(sandbox.path("source/multi_part/appendonlydir/appendonly.aof.1.incr.aof").c_str());
  EXPECT_EQ(find_at(sandbox.source(), "multi_part").health.state, HealthState::incomplete);
}

TEST(RedisVersions, HandmadeHeadsOfOtherWriters) {
  EXPECT_EQ(writers_of(read_rdb_head("REDIS0006\xfe")->format), "2.6 to 3.0");
  const auto valkey = read_rdb_head("REDIS0011" + aux("valkey-ver", "8.1.1") + sizes(3));
  ASSERT_TRUE(valkey);
  EXPECT_EQ(valkey->aux_value("valkey-ver"), "8.1.1");
  EXPECT_EQ(valkey->first->keys, 3U);
  const auto ninth = read_rdb_head("VALKEY080" + aux("valkey-ver", "9.0.0"));
  ASSERT_TRUE(ninth);
  EXPECT_TRUE(ninth->is_valkey);
  EXPECT_EQ(ninth->format, 80U);
  const auto keydb =
      read_rdb_head("REDIS0009" + aux("redis-ver", "6.3.4") + sizes(1) + aux("mvcc-tstamp", "1"));
  ASSERT_TRUE(keydb);
  EXPECT_TRUE(keydb->is_keydb);
  EXPECT_FALSE(read_rdb_head("REDIS00x7"));
  EXPECT_FALSE(read_rdb_head("REDIS0000\xfe"));
  EXPECT_FALSE(read_rdb_head("REDIS0009 is the magic of a snapshot")) << "a text about it";
}

TEST(RedisParsers, ChecksumAndManifest) {
  EXPECT_EQ(crc64(0, "123456789"), 0xe9c6d914c4b8d9caU);
  EXPECT_EQ(crc64(crc64(0, "1234"), "56789"), 0xe9c6d914c4b8d9caU) << "in two pieces";
  const auto files = parse_aof_manifest(
      "file \"my file.1.base.rdb\" seq 1 type b\nfile a.1.incr.aof seq 1 type i startoffset 0 endoffset "
      "10\n");
  ASSERT_TRUE(files);
  EXPECT_EQ(files->at(0).name, "my file.1.base.rdb");
  EXPECT_EQ(files->at(1).part, AofPart::incremental);
  EXPECT_FALSE(parse_aof_manifest("file ../../etc/passwd seq 1 type b\n")) << "a path leads out";
  EXPECT_FALSE(parse_aof_manifest("some other manifest\n"));
}

TEST(RedisParsers, EveryTruncationOfAHeadReturns) {
  const std::string head = test::read_all(test::fixture("redis") + "/snapshot/dump.rdb").substr(0, 400);
  for (std::size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(read_rdb_head(head.substr(0, size)).has_value(), size >= 10) << size;
  }
}

}  // namespace
}  // namespace recover::redis
