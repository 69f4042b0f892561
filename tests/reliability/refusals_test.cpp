// What the program refuses before anything is changed: each with its exit code and error id.
#include "recover/crc32c.hpp"
#include "tests/support/json.hpp"
#include "tests/support/postgresql.hpp"
#include "tests/support/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace recover::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

/// A cleanly stopped cluster as the source of `box`.
void plant_cluster(const Sandbox& box) {
  Cluster cluster(box, 15);
  copy_tree(cluster.data(), box.source() + "/main");
}

TEST(Refusals, WithoutATerminalNothingIsDoneUnasked) {
  Sandbox box;
  plant_cluster(box);
  box.protect(box.source());
  const Outcome run = box.recover({box.source()});
  EXPECT_EQ(run.exit, 8) << run.err;
  EXPECT_THAT(run.err, HasSubstr("run.not_confirmed"));
  EXPECT_FALSE(fs::exists(box.state() + "/instances"));
}

TEST(Refusals, AnIncrementalBackupIsNotADataDirectory) {
  Sandbox box;
  plant_cluster(box);
  box.write("source/main/backup_label",
            "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\nCHECKPOINT LOCATION: 0/2000060\n"
            "BACKUP METHOD: streamed\nBACKUP FROM: primary\nSTART TIME: 2026-11-01 00:00:00 UTC\nLABEL: b\n"
            "START TIMELINE: 1\nINCREMENTAL FROM LSN: 0/1000028\nINCREMENTAL FROM TLI: 1\n");
  const Outcome run = box.recover({box.source(), "postgresql", "--yes"});
  EXPECT_EQ(run.exit, 6) << run.err;
  EXPECT_THAT(run.out + run.err, HasSubstr("postgresql.incremental_backup"));
}

TEST(Refusals, WhatPgUpgradeTookOverIsNotRecovered) {
  Sandbox box;
  plant_cluster(box);
  fs::rename(box.path("source/main/global/pg_control"), box.path("source/main/global/pg_control.old"));
  const Outcome run = box.recover({box.source(), "postgresql", "--yes"});
  EXPECT_EQ(run.exit, 6) << run.err;
  EXPECT_THAT(run.out + run.err, HasSubstr("postgresql.already_upgraded"));
}

TEST(Refusals, AControlFileOfAnUnknownVersionIsNotGuessed) {
  Sandbox box;
  plant_cluster(box);
  const std::string path = box.path("source/main/global/pg_control");
  std::string control = read_file(path);
  const std::uint32_t version = 1999;  // no release has it
  std::memcpy(control.data() + 8, &version, sizeof version);
  const std::uint32_t sum = crc32c(std::string_view(control).substr(0, 288));
  std::memcpy(control.data() + 288, &sum, sizeof sum);
  std::ofstream(path, std::ios::binary) << control;
  const Outcome run = box.recover({box.source(), "postgresql", "--yes"});
  EXPECT_EQ(run.exit, 6) << run.err;
  EXPECT_THAT(run.out + run.err, HasSubstr("postgresql.control_unknown"));
}

TEST(Refusals, RemoteSourcesAreSaidToBeLater) {
  const Sandbox box;
  const Outcome run = box.recover({"scan", "s3://bucket/prefix"});
  EXPECT_EQ(run.exit, 6) << run.err;
  EXPECT_THAT(run.err, HasSubstr("source.not_supported"));
}

TEST(Refusals, AConfigurationFileIsNotOverwritten) {
  const Sandbox box;
  box.write("recover.conf", "dry_run_mode=true\n");
  const Outcome run = box.recover({"config", "init", "--output", box.path("recover.conf")});
  EXPECT_NE(run.exit, 0);
  EXPECT_THAT(run.err, HasSubstr("config.exists"));
  EXPECT_EQ(read_file(box.path("recover.conf")), "dry_run_mode=true\n");
}

}  // namespace
}  // namespace recover::test
