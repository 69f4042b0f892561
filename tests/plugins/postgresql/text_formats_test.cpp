// The small text formats: log positions and names, backup_label, tablespace_map, backup_manifest,
// configuration files, names of files.
#include "postgresql/backup_label.hpp"
#include "postgresql/layout.hpp"
#include "postgresql/manifest_file.hpp"
#include "postgresql/settings.hpp"
#include "postgresql/versions.hpp"
#include "postgresql/wal_position.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t usual_segment = 16U << 20U;

TEST(WalPosition, TextAndBack) {
  EXPECT_EQ(to_text(Lsn{0x1000001234}), "10/1234");
  EXPECT_EQ(parse_lsn("10/1234"), Lsn{0x1000001234});
  EXPECT_FALSE(parse_lsn("10-1234"));
  EXPECT_FALSE(parse_lsn("123456789/0"));
}

TEST(WalPosition, SegmentNames) {
  EXPECT_EQ(to_text(SegmentName{1, 4}, usual_segment), "000000010000000000000004");
  EXPECT_EQ(to_text(SegmentName{2, 256}, usual_segment), "000000020000000100000000");
  EXPECT_EQ(parse_segment_name("000000020000000100000000", usual_segment), (SegmentName{2, 256}));
  EXPECT_FALSE(parse_segment_name("0000000200000001000001FF", usual_segment)) << "no such segment of 16 MiB";
  EXPECT_EQ(to_text(SegmentName{1, 4}, 1U << 30U), "000000010000000100000000");
  EXPECT_EQ(segment_of_file_name("000000010000000000000004.gz"), "000000010000000000000004");
  EXPECT_EQ(segment_of_file_name("000000010000000000000004.partial"), "");
  EXPECT_EQ(segment_of_file_name("00000002.history"), "");
}

TEST(BackupLabel, IsUnderstood) {
  const auto label = parse_backup_label(
      "START WAL LOCATION: 0/4000028 (file 000000020000000000000004)\nCHECKPOINT LOCATION: 0/4000080\n"
      "BACKUP METHOD: streamed\nBACKUP FROM: standby\nSTART TIME: 2026-11-21 12:00:00 UTC\nLABEL: nightly\n"
      "START TIMELINE: 2\nINCREMENTAL FROM LSN: 0/2000028\nINCREMENTAL FROM TLI: 1\n");
  ASSERT_TRUE(label);
  EXPECT_EQ(to_text(label->start), "0/4000028");
  EXPECT_EQ(label->start_timeline, 2U);
  EXPECT_EQ(to_text(label->checkpoint), "0/4000080");
  EXPECT_EQ(label->from, "standby");
  EXPECT_EQ(label->label, "nightly");
  EXPECT_TRUE(label->incremental_from);
  EXPECT_FALSE(parse_backup_label("LABEL: only\n"));
}

TEST(BackupLabel, TablespaceMapUndoesEscapes) {
  const auto map = parse_tablespace_map("16846 /srv/a b\n16847 /srv/back\\\\slash\\\nand line\n");
  ASSERT_EQ(map.size(), 2U);
  EXPECT_EQ(map[0], (std::pair<std::string, std::string>{"16846", "/srv/a b"}));
  EXPECT_EQ(map[1].second, "/srv/back\\slash\nand line");
}

TEST(BackupManifest, GivesTheLogRangeFromItsTail) {
  const std::string tail =
      "\"Size\": 4 }\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"0/2000028\", \"End-LSN\": "
      "\"0/2000100\" }\n],\n\"Manifest-Checksum\": \"" +
      std::string(64, 'a') + "\"}\n";
  const auto manifest = parse_backup_manifest(
      "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": 42,\n", tail);
  EXPECT_TRUE(manifest.is_complete);
  EXPECT_EQ(manifest.system_identifier, "42");
  ASSERT_EQ(manifest.wal.size(), 1U);
  EXPECT_EQ(to_text(manifest.wal[0].end), "0/2000100");
  EXPECT_FALSE(parse_backup_manifest("{", "cut off").is_complete);
}

TEST(Settings, AreReadLikeTheServerDoes) {
  const auto settings = parse_settings(
      "# comment\nArchive_Command = 'cp %p ''/a b''/%f'  # here\nport 5433\nwork_mem=4MB # x\n\nname = "
      "'it\\'s'\n",
      "p.conf");
  ASSERT_EQ(settings.size(), 4U);
  EXPECT_EQ(settings[0].name, "archive_command");
  EXPECT_EQ(settings[0].value, "cp %p '/a b'/%f");
  EXPECT_EQ(settings[0].line, 2);
  EXPECT_EQ(settings[1].value, "5433");
  EXPECT_EQ(settings[2].value, "4MB");
  EXPECT_EQ(settings[3].value, "it's");
}

TEST(Settings, DangerousOnesAreNamedWithTheirPlace) {
  const auto settings = parse_settings(
      "archive_mode = on\narchive_command = 'x'\narchive_command = 'touch /marker'\nwork_mem = 1MB\nssl = "
      "off\n",
      "a.conf");
  const Facts dangers = dangerous_settings(settings);
  EXPECT_EQ(text_fact(dangers, "archive_command"), "a.conf:3 touch /marker") << "the last one counts";
  EXPECT_EQ(text_fact(dangers, "archive_mode"), "a.conf:1 on");
  EXPECT_EQ(find_fact(dangers, "work_mem"), nullptr);
  EXPECT_EQ(find_fact(dangers, "ssl"), nullptr);
  EXPECT_THAT(list_items("timescaledb, \"pg_stat_statements\""),
              ElementsAre("timescaledb", "pg_stat_statements"));
}

TEST(Layout, RelationFilesByNameAndPlace) {
  const auto file = parse_relation_file("base/5/16385_fsm.2");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->relation, "16385");
  EXPECT_EQ(file->fork, "fsm");
  EXPECT_EQ(file->segment, 2U);
  EXPECT_TRUE(parse_relation_file("global/1262"));
  EXPECT_TRUE(parse_relation_file("PG_15_202209061/5/16400"));
  EXPECT_FALSE(parse_relation_file("pg_xact/0000"));
  EXPECT_FALSE(parse_relation_file("pg_stat/1"));
  EXPECT_FALSE(parse_relation_file("base/5/t3_16385"));
  EXPECT_FALSE(parse_relation_file("base/5/16385_tmp"));
}

TEST(Layout, TablespaceDirectories) {
  EXPECT_EQ(parse_tablespace_name("PG_9.6_201608131")->major, "9.6");
  EXPECT_FALSE(parse_tablespace_name("PG_VERSION"));
  EXPECT_FALSE(parse_tablespace_name("PG_15_2022"));
  EXPECT_EQ(tablespace_directory(*version_named("15")), "PG_15_202209061");
}

}  // namespace
}  // namespace recover::postgresql
