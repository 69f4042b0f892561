#include "core/sys/ini.hpp"

#include <gtest/gtest.h>

#include "tests/support/sandbox.hpp"

namespace recover::sys {
namespace {

std::string id_of(const std::string& text) {
  auto parsed = parse_ini(text, "t.conf");
  return parsed ? "" : parsed.error().id;
}

std::int64_t line_of(const std::string& text) {
  auto parsed = parse_ini(text, "t.conf");
  return parsed ? 0 : number_fact(parsed.error().facts, "line");
}

TEST(Ini, ReadsTheSampleOfTheManual) {
  auto parsed = parse_ini(
      "; ---- seed keys ----\n"
      "backup_path=/mnt/old-disk/home-backup\n"
      "preferred_migration_strategy=container_based   ; auto|direct_restore\n"
      "\n"
      "[scan]\n"
      "# a comment\n"
      "exclude=.git:node_modules:.cache\n"
      "min_success_percent=                           ; unset\n"
      "[limits]                                       ; against bombs\r\n"
      "max = 7\r\n",
      "recover.conf");
  ASSERT_TRUE(parsed) << parsed.error().cause;
  ASSERT_EQ(parsed->size(), 5U);
  EXPECT_EQ((*parsed)[0].section, "");
  EXPECT_EQ((*parsed)[0].key, "backup_path");
  EXPECT_EQ((*parsed)[0].line, 2);
  EXPECT_EQ((*parsed)[1].value, "container_based");
  EXPECT_EQ((*parsed)[2].value, ".git:node_modules:.cache");
  EXPECT_EQ((*parsed)[3].section, "scan");
  EXPECT_EQ((*parsed)[3].value, "");
  EXPECT_EQ((*parsed)[3].line, 8);
  EXPECT_EQ((*parsed)[4].section, "limits");
  EXPECT_EQ((*parsed)[4].key, "max");
  EXPECT_EQ((*parsed)[4].value, "7");
}

TEST(Ini, AValueOf198BytesSurvivesAndOneMoreIsRefused) {
  const std::string longest = "k=" + std::string(196, 'v');
  for (const std::string end : {"", "\n", "\nz=1\n"}) {
    auto parsed = parse_ini(longest + end, "t.conf");
    ASSERT_TRUE(parsed);
    EXPECT_EQ((*parsed)[0].value.size(), 196U);
  }
  auto with_mark = parse_ini("\xEF\xBB\xBF" + longest + "\n", "t.conf");
  ASSERT_TRUE(with_mark);
  EXPECT_EQ((*with_mark)[0].key, "k");
  EXPECT_EQ(id_of("a=1\n" + longest + "v\n"), "config.line_too_long");
  EXPECT_EQ(line_of("a=1\n" + longest + "v\n"), 2);
  EXPECT_EQ(id_of("[" + std::string(50, 's') + "]\n"), "config.line_too_long");
}

TEST(Ini, DuplicatesAreFoundAcrossRepeatedSections) {
  EXPECT_EQ(id_of("a=1\na=2\n"), "config.duplicate_key");
  const std::string repeated = "[s]\na=1\n[t]\na=1\n[s]\na=2\n";
  auto parsed = parse_ini(repeated, "t.conf");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().id, "config.duplicate_key");
  EXPECT_EQ(number_fact(parsed.error().facts, "line"), 6);
  EXPECT_EQ(number_fact(parsed.error().facts, "first_line"), 2);
  EXPECT_EQ(parsed.error().cause.rfind("t.conf:6: ", 0), 0U) << parsed.error().cause;
}

TEST(Ini, WhatInihWouldAcceptSilentlyIsAnErrorWithItsLine) {
  EXPECT_EQ(line_of("a=1\n  b=2\n"), 2) << "would continue a";
  EXPECT_EQ(line_of("a=1\n\t[s]\n"), 2);
  EXPECT_EQ(line_of("a=1\nb\n"), 2);
  EXPECT_EQ(line_of("key: value\n"), 1);
  EXPECT_EQ(line_of("a:b=1\n"), 1);
  EXPECT_EQ(line_of("=1\n"), 1);
  EXPECT_EQ(line_of("[open\n"), 1);
  EXPECT_EQ(line_of("[s] x\n"), 1);
  EXPECT_EQ(line_of("a ;b=1\n"), 1) << "the key is commented away";
  EXPECT_EQ(line_of(std::string("a=1\nb=\0x\n", 9)), 2);
  EXPECT_EQ(id_of("\n  ; indented comments are harmless\n   \na=1"), "");
}

TEST(Ini, FilesThatAreNotFilesAreErrorsAndNotWaitedFor) {
  const test::Sandbox box;
  EXPECT_EQ(read_ini(box.path("none")).error().id, "config.not_found");
  EXPECT_EQ(read_ini(box.path("source")).error().id, "config.invalid");
  test::Sandbox::run({"mkfifo", box.path("fifo")});
  EXPECT_EQ(read_ini(box.path("fifo")).error().id, "config.invalid");
  box.write("ok.conf", "a=1\n");
  EXPECT_TRUE(read_ini(box.path("ok.conf")));
}

}  // namespace
}  // namespace recover::sys
