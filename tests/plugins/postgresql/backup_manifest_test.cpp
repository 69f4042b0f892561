// The list of a base backup's files, the sums in it, and what pg_basebackup says of its progress.
#include "postgresql/backup/digest.hpp"
#include "postgresql/backup/file_list.hpp"
#include "postgresql/backup/listed_inspector.hpp"
#include "postgresql/save/progress_log.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql {
namespace {

std::string sum_of(std::string_view algorithm, std::string_view text) {
  const auto digest = backup::Digest::make(algorithm);
  digest->add(text.substr(0, 3));
  digest->add(text.substr(3));
  return digest->finish();
}

/// As a server writes it.
std::string manifest_of(const std::string& files) {
  const std::string lines =
      "{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n" + files +
      "\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"0/2000028\", \"End-LSN\": "
      "\"0/2000100\" }\n],\n";
  return lines + "\"Manifest-Checksum\": \"" + sum_of("SHA256", lines) + "\"}\n";
}

const std::string two_files =
    "{ \"Path\": \"base/1/1259\", \"Size\": 9, \"Last-Modified\": \"2026-01-01 00:00:00 GMT\", "
    "\"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"839206e3\" },\n"
    "{ \"Encoded-Path\": \"ff2f61\", \"Size\": 0, \"Last-Modified\": \"2026-01-01 00:00:00 GMT\" }";

TEST(BackupDigestTest, SumsAreWrittenAsTheServerWritesThem) {
  EXPECT_EQ(sum_of("CRC32C", "123456789"), "839206e3");  // 0xe3069283, the lowest byte first
  EXPECT_EQ(sum_of("SHA224", "123456789"), "9b3e61bf29f17c75572fae2e86e17809a4513d07c8a18152acf34521");
  EXPECT_EQ(sum_of("SHA256", "123456789"),
            "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
  EXPECT_EQ(sum_of("SHA384", "123456789").size(), 96U);
  EXPECT_EQ(sum_of("SHA512", "123456789").size(), 128U);
  EXPECT_EQ(sum_of("NONE", "123456789"), "");
  EXPECT_EQ(backup::Digest::make("MD5"), nullptr);
}

TEST(BackupFileListTest, EveryFileIsRead) {
  const auto list = backup::parse_file_list(manifest_of(two_files), "backup_manifest");
  ASSERT_TRUE(list) << list.error().cause;
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ(list->at("base/1/1259").size, 9U);
  EXPECT_EQ(list->at("base/1/1259").checksum, "839206e3");
  EXPECT_EQ(list->at("\xff/a").algorithm, "NONE");
}

TEST(BackupFileListTest, AChangedOrCutManifestIsDamaged) {
  std::string changed = manifest_of(two_files);
  changed[changed.find("839206e3")] = '9';
  for (const std::string& text :
       {changed, manifest_of(two_files).substr(0, 300), std::string(), manifest_of("")}) {
    const auto list = backup::parse_file_list(text, "backup_manifest");
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().id, "postgresql.manifest_damaged");
  }
}

TEST(BackupComparisonTest, ContentAndSizeMustBeThoseOfTheList) {
  const auto list = backup::parse_file_list(manifest_of(two_files), "backup_manifest");
  ASSERT_TRUE(list);
  backup::Comparison comparison(*list);
  const auto compared = [&](const std::string& path, std::string_view content) {
    comparison.begin(path);
    comparison.add(content);
    const auto end = comparison.end();
    return end ? std::string() : end.error().id;
  };
  EXPECT_EQ(compared("base/1/1259", "123456789"), "");
  EXPECT_EQ(compared("base/1/1259", "123456780"), "postgresql.manifest_mismatch");
  EXPECT_EQ(compared("base/1/1259", "1234567890"), "postgresql.manifest_mismatch");
  EXPECT_EQ(compared("base/1/0000", "not listed"), "");
}

TEST(SaveProgressTest, LinesOfProgressAreToldFromWords) {
  const auto portion = save::parse_portion(" 1234/56789 kB (2%), 0/1 tablespace");
  ASSERT_TRUE(portion);
  EXPECT_EQ(portion->done, 1234U * 1024);
  EXPECT_EQ(portion->total, 56789U * 1024);
  EXPECT_FALSE(save::parse_portion("pg_basebackup: error: 12/13 is no progress"));
  EXPECT_EQ(save::last_words("1/2 kB (50%), 0/1 tablespace\npg_basebackup: error: no space\n"),
            "pg_basebackup: error: no space");
}

}  // namespace
}  // namespace recover::postgresql
