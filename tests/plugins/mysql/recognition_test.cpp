// Directories, dumps and backups of MariaDB 10.11. MySQL, which Debian 12 does not have, by handmade first
// pages and log headers with the bytes that real servers were seen to write (8.0.22, 9.7.4).
#include "mysql/databases.hpp"
#include "mysql/innodb_page.hpp"
#include "mysql/redo_log.hpp"
#include "mysql/server_version.hpp"
#include "recover/crc32c.hpp"
#include "tests/plugins/scanning.hpp"

namespace recover::mysql {
namespace {

using test::big;
using test::find_at;

class MariadbRecognition : public ::testing::Test {
 protected:
  /// Brings parts of the fixture into the source, which must then stay as it is.
  void bring(const std::vector<std::string>& names) {
    for (const auto& name : names) test::copy_tree(test::fixture("mariadb") + "/" + name, sandbox_.source());
    sandbox_.protect(sandbox_.source());
  }
  test::Sandbox sandbox_;
};

TEST_F(MariadbRecognition, CleanAndCrashedDirectoriesAreToldApart) {
  bring({"clean", "crashed"});
  const Finding clean = find_at(sandbox_.source(), "clean");
  EXPECT_EQ(clean.product, "MariaDB");
  EXPECT_TRUE(clean.version.text.starts_with("10.11.")) << clean.version.text;
  EXPECT_EQ(clean.version.read_from, "creator in ib_logfile0");
  EXPECT_EQ(clean.databases, (std::vector<std::string>{"a b-c", "shop"}));
  EXPECT_EQ(number_fact(clean.facts, "tables"), 3);
  EXPECT_EQ(clean.health.state, HealthState::ok);
  const Finding crashed = find_at(sandbox_.source(), "crashed");
  EXPECT_EQ(crashed.health.state, HealthState::needs_recovery);
  EXPECT_EQ(crashed.health.summary, "not shut down cleanly") << "the checkpoint itself proves it";
  EXPECT_EQ(test::paths_in(sandbox_.source()).size(), 2U) << "nothing inside a directory is a finding";
}

TEST_F(MariadbRecognition, DumpsNameServerAndDatabasesAndTheirEnd) {
  bring({"shop.sql", "shop.sql.gz", "mydumper"});
  const Finding dump = find_at(sandbox_.source(), "shop.sql");
  EXPECT_EQ(dump.product, "MariaDB");
  EXPECT_TRUE(dump.version.text.starts_with("10.11.")) << dump.version.text;
  EXPECT_EQ(dump.databases, std::vector<std::string>{"shop"});
  EXPECT_EQ(dump.health.state, HealthState::ok);
  EXPECT_EQ(find_at(sandbox_.source(), "shop.sql.gz").version.text, dump.version.text);
  const Finding directory = find_at(sandbox_.source(), "mydumper");
  EXPECT_EQ(directory.health.state, HealthState::ok);
  EXPECT_EQ(directory.databases, std::vector<std::string>{"shop"});
}

TEST_F(MariadbRecognition, ABackupIsNotADirectoryToStart) {
  bring({"backup", "prepared", "stream.xb"});
  EXPECT_EQ(find_at(sandbox_.source(), "backup").health.state, HealthState::needs_recovery);
  const Finding prepared = find_at(sandbox_.source(), "prepared");
  EXPECT_EQ(prepared.kind, "mariabackup directory");
  EXPECT_EQ(prepared.health.state, HealthState::ok);
  EXPECT_EQ(prepared.databases, (std::vector<std::string>{"a b-c", "shop"}));
  const Finding stream = find_at(sandbox_.source(), "stream.xb");
  EXPECT_EQ(stream.product, "MariaDB");
}

TEST(MysqlDamage, ADumpWithoutItsEndAndADirectoryWithoutItsLog) {
  const test::Sandbox sandbox;
  const std::string dump = test::read_all(test::fixture("mariadb") + "/shop.sql");
  sandbox.write("source/cut.sql", dump.substr(0, dump.size() / 2));
  test::copy_tree(test::fixture("mariadb") + "/clean", sandbox.source());
  std::remove(sandbox.path("source/clean/ib_logfile0").c_str());
  EXPECT_EQ(find_at(sandbox.source(), "cut.sql").health.state, HealthState::incomplete);
  const Finding without = find_at(sandbox.source(), "clean");
  EXPECT_EQ(without.health.summary, "redo log missing");
  EXPECT_EQ(without.version.read_from, "aria_log.00000001, offset 24") << "the next best witness";
}

/// Page 0 as MySQL 8.0 and later write it.
std::string mysql_page(std::uint32_t version, std::uint32_t space, std::uint32_t flags) {
  std::string page(16384, '\0');
  page.replace(8, 8, big(version, 4) + big(1, 4));
  page.replace(24, 2, big(8, 2));
  page.replace(34, 8, big(space, 4) + big(space, 4));
  page.replace(46, 4, big(1, 4));
  page.replace(54, 4, big(flags, 4));
  return page;
}

/// A redo file of MySQL 8.0.30 and later with one checkpoint; `filled`: bytes used of its block.
std::string mysql_redo(const std::string& creator, std::uint64_t start, std::uint64_t checkpoint,
                       unsigned filled) {
  std::string file(8192, '\0');
  file.replace(0, 4, big(6, 4));
  file.replace(8, 8, big(start, 8));
  file.replace(16, creator.size(), creator);
  std::string block(512, '\0');
  block.replace(8, 8, big(checkpoint, 8));
  block.replace(508, 4, big(crc32c(block.substr(0, 508)), 4));
  file.replace(512, 512, block);
  const std::uint64_t offset = 2048 + (checkpoint - start);
  file.replace(offset - offset % 512 + 4, 2, big(filled, 2));
  return file;
}

TEST(MysqlVersions, HandmadeMysql97CleanAndCrashed) {
  const test::Sandbox sandbox;
  for (const unsigned filled : {151U, 438U}) {
    const std::string root = "source/" + std::to_string(filled);
    sandbox.write(root + "/ibdata1", mysql_page(90704, 0, 0x4800));
    sandbox.write(root + "/mysql.ibd", mysql_page(90704, 0xfffffffeU, 0x4800));
    sandbox.write(root + "/auto.cnf", "[auto]\nserver-uuid=11111111-2222-3333-4444-555555555555\n");
    sandbox.write(root + "/#innodb_redo/#ib_redo7",
                  mysql_redo("MySQL 9.7.4", 0x10000, 0x10000 + 1024 + 151, filled));
    sandbox.write(root + "/#innodb_redo/#ib_redo8_tmp", "spare");
    sandbox.write(root + "/shop/orders.ibd", mysql_page(90704, 5, 0x4021));
  }
  const Finding clean = find_at(sandbox.source(), "151");
  EXPECT_EQ(clean.product, "MySQL");
  EXPECT_EQ(clean.version.text, "9.7.4");
  EXPECT_EQ(clean.identity, "11111111-2222-3333-4444-555555555555");
  EXPECT_EQ(clean.databases, std::vector<std::string>{"shop"});
  EXPECT_EQ(clean.health.state, HealthState::ok) << clean.health.summary;
  EXPECT_EQ(find_at(sandbox.source(), "438").health.state, HealthState::needs_recovery);
}

TEST(MysqlVersions, PagesOfBothForks) {
  EXPECT_EQ(version_text(read_space_header(mysql_page(80022, 0, 0x4800))->server_version), "8.0.22");
  std::string mariadb = mysql_page(0, 0, 0x15);
  mariadb.replace(8, 8, std::string(8, '\xff'));
  const auto header = read_space_header(mariadb);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->is_full_crc32);
  EXPECT_EQ(header->page_size, 16384U);
  EXPECT_EQ(header->server_version, 0U);
  EXPECT_TRUE(read_space_header(mysql_page(80022, 0, 0x2000 | 0x4800))->is_encrypted);
  EXPECT_FALSE(read_space_header(std::string(16384, '\0')));
  for (std::size_t size = 0; size < 64; ++size) EXPECT_FALSE(read_space_header(mariadb.substr(0, size)));
}

TEST(MysqlDumps, HandmadeMydumperAndShell) {
  const test::Sandbox sandbox;
  sandbox.write(
      "source/new/metadata",
      "# Started dump at: 2026-01-01 00:00:00\n[config]\n\n[`shop`.`orders`]\nreal_table_name=orders\n"
      "rows = 1200\n[`shop`.`items`]\nrows = 34\n# Finished dump at: 2026-01-01 00:01:00\n");
  sandbox.write("source/new/shop-schema-create.sql.zst", "x");
  sandbox.write("source/partial/metadata.partial", "Started dump at: 2026-01-01 00:00:00\n");
  sandbox.write("source/partial/shop.orders-schema.sql", "x");
  sandbox.write("source/shell/@.json",
                R"({"dumper":"mysqlsh Ver 8.0.36","serverVersion":"8.0.35","schemas":["shop"]})");
  sandbox.write("source/shell/@.sql", "");
  const Finding found = find_at(sandbox.source(), "new");
  EXPECT_EQ(number_fact(found.facts, "rows"), 1234);
  EXPECT_EQ(found.health.state, HealthState::ok);
  EXPECT_EQ(find_at(sandbox.source(), "partial").health.state, HealthState::incomplete);
  const Finding shell = find_at(sandbox.source(), "shell");
  EXPECT_EQ(shell.version.text, "8.0.35");
  EXPECT_EQ(shell.databases, std::vector<std::string>{"shop"});
  EXPECT_EQ(shell.health.state, HealthState::incomplete) << "@.done.json is missing";
}

TEST(MysqlNames, EncodedFileNames) {
  EXPECT_EQ(decode_name("a@0020b@002dc"), "a b-c");
  EXPECT_EQ(decode_name("caf@00e9"), "caf\xc3\xa9");
  EXPECT_EQ(decode_name("x@0p"), "x@0p");
  EXPECT_EQ(version_in("Backup 10.11.18-MariaDB"), "10.11.18");
  EXPECT_EQ(version_in("xtrabkup 240704 1200"), "");
}

}  // namespace
}  // namespace recover::mysql
