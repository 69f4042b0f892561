// R09, R19-R25: data directories that cannot work, that lack their log, and that try to act.
#include "tests/support/recovering.hpp"

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

class Hostile : public Recovering {};

void append(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

TEST_F(Hostile, R09_ASparseFileStaysSparse) {
  Cluster clean(box, 15, "source/clean");
  clean.start();
  clean.fill();
  clean.stop();
  const std::string sparse = clean.data() + "/notes.raw";
  append(sparse, "x");
  fs::resize_file(sparse, std::uintmax_t{1} << 40);
  const Answer answer = recover(15, {"--target-dir", box.path("target")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(fs::file_size(box.path("target/notes.raw")), std::uintmax_t{1} << 40);
  EXPECT_LT(std::stoll(Sandbox::run({"du", "-k", box.path("target/notes.raw")}).out), 1024);
}

TEST_F(Hostile, R19_AnotherBlockSizeIsIncompatible) {
  Cluster clean(box, 15, "source/clean");
  // Block size 16384 in the control file, with a right checksum: what a server built otherwise leaves.
  const Outcome patched =
      Sandbox::run({"python3", "-c",
                    "import sys,struct\n"
                    "p=sys.argv[1]; b=bytearray(open(p,'rb').read()); struct.pack_into('<I',b,216,16384)\n"
                    "c=0xffffffff\n"
                    "for x in b[:288]:\n"
                    "  c^=x\n"
                    "  for _ in range(8): c=(c>>1)^(0x82F63B78 if c&1 else 0)\n"
                    "struct.pack_into('<I',b,288,c^0xffffffff); open(p,'wb').write(b)",
                    clean.data() + "/global/pg_control"});
  ASSERT_EQ(patched.exit, 0) << patched.err;
  box.protect(box.source());
  const Answer answer = recover(15, {"postgresql"});
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.incompatible_build"));
}

/// A base backup in tar format below source/bk.
void tar_backup(Sandbox& box, Cluster& cluster) {
  cluster.start();
  cluster.fill();
  cluster.base_backup(box.path("bk"), {"-Ft", "-z", "-X", "stream"});
  cluster.stop();
  fs::create_directories(box.path("source/bk/data"));
  Sandbox::run({"tar", "xzf", box.path("bk/base.tar.gz"), "-C", box.path("source/bk/data")});
}

TEST_F(Hostile, R20_ABackupWithoutItsLogNamesTheMissingSegment) {
  Cluster cluster(box, 15, "server");
  tar_backup(box, cluster);
  box.protect(box.source());
  const Answer answer = recover(15, {"postgresql"});
  EXPECT_THAT(answer.exit, ::testing::AnyOf(3, 6)) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.wal_missing"));
  EXPECT_THAT(answer.document.dump() + answer.err, HasSubstr("00000001000000000000000"));
  EXPECT_TRUE(fs::exists(box.path("source/bk/data/backup_label")));
}

TEST_F(Hostile, R21_ABackupWithItsLogBesideIsReplayedToConsistency) {
  Cluster cluster(box, 15, "server");
  tar_backup(box, cluster);
  fs::copy_file(box.path("bk/pg_wal.tar.gz"), box.path("source/bk/pg_wal.tar.gz"));
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM orders", "shop"), "10000\n");
  EXPECT_THAT(answer.check("recovery")["evidence"], HasSubstr("consistent at")) << answer.told();
}

TEST_F(Hostile, R21_ABackupInTarFilesIsRecoveredWithoutUnpackingByHand) {
  Cluster cluster(box, 15, "server");
  cluster.start();
  cluster.fill();
  cluster.base_backup(box.path("source/bk"), {"-Ft", "-z", "-X", "stream"});
  cluster.stop();
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM orders", "shop"), "10000\n");
}

TEST_F(Hostile, R22_SettingsOfTheSourceDoNotActAndAreListed) {
  Cluster dead(box, 15, "source/dead");
  dead.start();
  dead.fill();
  dead.kill();
  const std::string marker = "/tmp/recover-test-r22-marker";
  fs::remove(marker);
  append(dead.data() + "/postgresql.auto.conf", "archive_mode = on\narchive_command = 'touch " + marker +
                                                    "'\nshared_preload_libraries = 'nowhere'\n" +
                                                    "external_pid_file = '" + marker +
                                                    "'\nlisten_addresses = '*'\n");
  append(dead.data() + "/postgresql.conf", "include_dir = '/etc'\nsession_preload_libraries = 'nowhere'\n");
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  static_cast<void>(sql_through(answer.connect(), "SELECT pg_switch_wal()"));
  EXPECT_FALSE(fs::exists(marker));
  const std::string ignored = answer.database()["ignored_settings"].dump();
  for (const char* setting : {"archive_command", "shared_preload_libraries", "external_pid_file"}) {
    EXPECT_THAT(ignored, HasSubstr(setting));
  }
  EXPECT_EQ(sql_through(answer.connect(), "SHOW listen_addresses"), "\n");
}

TEST_F(Hostile, R23_CodeOfTheDataIsNotCalled) {
  Cluster dead(box, 17, "source/dead");
  dead.start();
  dead.fill();
  const std::string marker = "/tmp/recover-test-r23-marker";
  static_cast<void>(dead.sql(
      "CREATE FUNCTION act() RETURNS text LANGUAGE plpgsql AS "
      "$$ BEGIN COPY (SELECT 1) TO PROGRAM 'cat > " +
          marker +
          "'; RETURN 'x'; END $$;"
          "CREATE FUNCTION quiet(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN "
          "public.act(); END $$;"
          "CREATE FUNCTION login() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.act(); "
          "END $$;"
          "CREATE TABLE trap (a text); INSERT INTO trap VALUES ('x'); CREATE INDEX ON trap ((quiet(a)));"
          "CREATE VIEW looked AS SELECT act();"
          "CREATE EVENT TRIGGER t ON login EXECUTE FUNCTION login(); ALTER EVENT TRIGGER t ENABLE ALWAYS",
      "shop"));
  dead.stop();
  ASSERT_TRUE(fs::remove(marker)) << "the trap does not work";
  box.protect(box.source());
  const Answer answer = recover(17, {"--verify", "full", "--target-dir", box.path("target")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_FALSE(fs::exists(marker));
}

/// A cluster with a tablespace at source/ts, killed.
void with_tablespace(Sandbox& box, Cluster& cluster, const std::string& place, bool checkpoint = true) {
  Sandbox::run({"install", "-d", "-o", "postgres", "-m", "0700", box.path(place)});
  cluster.start();
  cluster.fill();
  static_cast<void>(cluster.sql("CREATE TABLESPACE fast LOCATION '" + box.path(place) + "'"));
  if (checkpoint) static_cast<void>(cluster.sql("CHECKPOINT"));
  static_cast<void>(
      cluster.sql("CREATE TABLE quick (i int) TABLESPACE fast; INSERT INTO quick SELECT "
                  "generate_series(1, 500)",
                  "shop"));
  cluster.kill();
}

TEST_F(Hostile, R24_ATablespaceGetsAPlaceOfItsOwn) {
  Cluster dead(box, 15, "source/dead");
  with_tablespace(box, dead, "source/ts");
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM quick", "shop"), "500\n");
  const std::string place = sql_through(answer.connect(),
                                        "SELECT pg_tablespace_location(oid) FROM pg_tablespace "
                                        "WHERE spcname = 'fast'");
  EXPECT_THAT(place, ::testing::StartsWith(box.state() + "/instances/"));
}

TEST_F(Hostile, R24_CleanupRemovesTheTablespacesOfTheDataThatItRemoves) {
  Cluster dead(box, 15, "source/dead");
  with_tablespace(box, dead, "source/ts");
  const std::vector<std::string> words{"--target-dir", box.path("target")};
  for (int run = 0; run < 2; ++run) {
    const Answer answer = recover(15, words);
    ASSERT_EQ(answer.exit, 0) << answer.told();
    stop_servers_below(box.path("target"));
  }
  const auto homes = [&] {
    return std::distance(fs::directory_iterator(box.path("target.tablespaces")), {});
  };
  EXPECT_EQ(homes(), 2) << "the kept old data needs its own";
  ASSERT_EQ(box.recover({"cleanup", "--yes"}).exit, 0);
  EXPECT_EQ(homes(), 2) << "its time is not over";
  const Outcome cleaned = box.recover({"cleanup", "--older-than", "0s", "--yes"});
  ASSERT_EQ(cleaned.exit, 0) << cleaned.out << cleaned.err;
  EXPECT_EQ(homes(), 1) << cleaned.out;
  for (const auto& link : fs::directory_iterator(box.path("target/pg_tblspc"))) {
    EXPECT_TRUE(fs::is_directory(link.path())) << "the present data has lost its tablespace";
  }
}

TEST_F(Hostile, R24_ALogThatWouldMakeTheTablespaceAtItsOldPlaceIsNotReplayed) {
  Cluster dead(box, 15, "source/dead");
  with_tablespace(box, dead, "source/ts", false);
  box.protect(box.source());
  const Answer answer = recover(15);
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.tablespace_in_log"));
}

TEST_F(Hostile, R24_ATablespaceThatIsNotThereIsRefusedAndItsLinkNotFollowed) {
  Cluster dead(box, 15, "source/dead");
  with_tablespace(box, dead, "outside");
  box.protect(box.source());
  box.protect(box.path("outside"));
  const Answer answer = recover(15, {"postgresql"});
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.tablespace_missing"));
}

TEST_F(Hostile, R25_OddDatabaseNamesAreKept) {
  Cluster dead(box, 15, "source/dead");
  dead.start();
  const std::vector<std::string> names{"a\"b; drop -- x", std::string(63, 'n'), "a__old_x", "MiXed",
                                       "d\xc3\xa9j\xc3\xa0"};
  for (const std::string& name : names) {
    std::string quoted;
    for (const char letter : name) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    static_cast<void>(dead.sql("CREATE DATABASE \"" + quoted + "\""));
  }
  const std::string expected = dead.sql("SELECT datname FROM pg_database ORDER BY 1");
  dead.stop();
  box.protect(box.source());
  const Answer answer = recover(15);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT datname FROM pg_database ORDER BY 1"), expected);
  EXPECT_EQ(answer.check("databases_opened")["facts"].dump().find("failed"), std::string::npos);
}

}  // namespace
}  // namespace recover::test
