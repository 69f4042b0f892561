#include "core/text/format.hpp"

#include <gtest/gtest.h>

#include "tests/support/sandbox.hpp"

namespace recover::text {
namespace {

TEST(Format, BytesAreSiUnitsAndNeverAThousandOfOne) {
  EXPECT_EQ(bytes(Bytes{0}), "0 B");
  EXPECT_EQ(bytes(Bytes{999}), "999 B");
  EXPECT_EQ(bytes(Bytes{1000}), "1.0 KB");
  EXPECT_EQ(bytes(Bytes{999'949}), "999.9 KB");
  EXPECT_EQ(bytes(Bytes{999'950}), "1.0 MB");
  EXPECT_EQ(bytes(Bytes{40'200'000'000}), "40.2 GB");
  EXPECT_EQ(bytes(Bytes{UINT64_MAX}), "18.4 EB");
}

TEST(Format, DurationGrowsFromSecondsToHours) {
  EXPECT_EQ(duration(-1), "0.0 s");
  EXPECT_EQ(duration(3.14), "3.1 s");
  EXPECT_EQ(duration(59.96), "1:00");
  EXPECT_EQ(duration(14 * 60 + 2), "14:02");
  EXPECT_EQ(duration(3723), "1:02:03");
}

TEST(Format, NumbersAreGrouped) {
  EXPECT_EQ(number(7), "7");
  EXPECT_EQ(number(412'311), "412 311");
  EXPECT_EQ(number(81'204'551), "81 204 551");
}

TEST(Format, WhatATerminalWouldObeyIsShownAsBytes) {
  EXPECT_EQ(printable("d\xc3\xa9j\xc3\xa0 vu"), "d\xc3\xa9j\xc3\xa0 vu");
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(printable("\xe2\x80\xaegpj.exe"), "\\xe2\\x80\\xaegpj.exe") << "U+202E right-to-left override";
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b") << "U+009B is CSI in one character";
  EXPECT_EQ(printable("\xff\xc0\xaf"), "\\xff\\xc0\\xaf") << "an overlong '/'";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut in the middle";
}

TEST(Format, ShellQuotedWordsComeBackFromAShell) {
  EXPECT_EQ(shell_quoted("/var/lib/recover"), "/var/lib/recover");
  EXPECT_EQ(shell_quoted(""), "''");
  for (const std::string word :
       {"a b", "it's", "$HOME", "`id`", "a;b", "*", "~", "-n", "a\nb", "\x1b[0m'\\", "\xff"}) {
    const auto shell = test::Sandbox::run({"/bin/bash", "-c", "printf %s " + shell_quoted(word)});
    EXPECT_EQ(shell.out, word);
  }
}

TEST(Format, TimestampsAreUtc) {
  EXPECT_EQ(timestamp(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp(1'795'255'200), "2026-11-21T10:00:00Z");
}

TEST(Format, TableAlignsByCharactersNotBytes) {
  EXPECT_EQ(table({{"ID", "NAME", "SIZE"}, {"pg-1", "\xc3\xa9t\xc3\xa9", "1 B"}, {"x"}}),
            "ID    NAME  SIZE\npg-1  \xc3\xa9t\xc3\xa9   1 B\nx\n");
  EXPECT_EQ(table({}), "");
}

TEST(Match, ClosestForgivesTwoEditsOfALongerWord) {
  EXPECT_EQ(closest("postgres", {"mysql", "postgresql"}), "postgresql");
  EXPECT_EQ(closest("timeuot", {"timeout"}), "timeout");
  EXPECT_EQ(closest("redis", {"mysql", "sqlite"}), "");
  EXPECT_EQ(closest("x", {"pg", "a"}), "") << "one letter is near to everything";
}

TEST(Match, GlobsMatchBytes) {
  EXPECT_TRUE(glob_match("*.conf", "a/b.conf"));
  EXPECT_TRUE(glob_match("pg_[wx]*", "pg_wal"));
  EXPECT_TRUE(glob_match("[0-9][!a]", "7b"));
  EXPECT_FALSE(glob_match("[0-9][!a]", "7a"));
  EXPECT_TRUE(glob_match("a?c*", "abc"));
  EXPECT_TRUE(glob_match("*\xff*", "x\xffy"));
  EXPECT_TRUE(glob_match("[x", "[x")) << "an open bracket is a character";
  EXPECT_TRUE(glob_match("[]]", "]"));
  EXPECT_FALSE(glob_match("a", ""));
  EXPECT_FALSE(glob_match("", "a"));
  EXPECT_TRUE(glob_match("*ab*ab", "abxabab"));
  EXPECT_FALSE(glob_match("*a*a*a*a*a*a*a*a*a*b", std::string(4000, 'a'))) << "no exponential time";
}

}  // namespace
}  // namespace recover::text
