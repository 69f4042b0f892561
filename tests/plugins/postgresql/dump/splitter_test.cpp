// The splitter on texts: where statements end, what COPY data is, what is open at the end. Every text is
// split twice, at once and with a window of a few bytes, so that every state is resumed everywhere.
#include "postgresql/dump/splitter.hpp"

#include "postgresql/dump/end_check.hpp"
#include "tests/plugins/postgresql/dump/split.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql::dump {
namespace {

using Pieces = std::vector<std::string>;

/// Splits at once and in blocks of 1 to 9 bytes; rows are put together again, because blocks cut them.
Split split_everyhow(const std::string& text) {
  const Split whole = split(text);
  const auto joined = [](const Split& split) {
    std::string all;
    bool in_rows = false;
    for (const std::string& piece : split.pieces) {
      if (piece[0] == 'R') {
        all += in_rows ? piece.substr(piece.find(' ') + 1) : piece;
      } else {
        all += piece + "\n";
      }
      in_rows = piece[0] == 'R';
    }
    return all;
  };
  for (std::size_t block = 1; block < 10; ++block) {
    SplitterLimits limits;
    limits.block = block;
    const Split cut = split(text, limits);
    EXPECT_EQ(joined(cut), joined(whole)) << "in blocks of " << block;
    EXPECT_EQ(cut.error, whole.error) << "in blocks of " << block;
    EXPECT_EQ(cut.what, whole.what) << "in blocks of " << block;
    EXPECT_EQ(cut.rows, whole.rows) << "in blocks of " << block;
  }
  return whole;
}

Pieces pieces(const std::string& text) {
  const Split result = split_everyhow(text);
  EXPECT_EQ(result.error, "") << result.what;
  return result.pieces;
}

TEST(Splitter, StatementsEndAtSemicolons) {
  EXPECT_EQ(pieces(""), Pieces());
  EXPECT_EQ(pieces(" \n;;\n-- only a comment"), Pieces());
  EXPECT_EQ(pieces("select 1; select\n2 ;\n"), (Pieces{"S1 select 1", "S1 select\n2"}));
  EXPECT_EQ(pieces("-- a;\n/* b; /* c; */ */ select 1 -- d;\n;"), (Pieces{"S2 select 1 -- d;"}));
  EXPECT_EQ(pieces("\xef\xbb\xbfselect 1;"), (Pieces{"S1 select 1"}));
  EXPECT_EQ(pieces("select 1;\r\nselect 2;\r\n"), (Pieces{"S1 select 1", "S2 select 2"}));
  EXPECT_EQ(pieces("select 1+--;\n1;"), (Pieces{"S1 select 1+--;\n1"}));
  EXPECT_EQ(pieces("select a*/*;*/b;"), (Pieces{"S1 select a*/*;*/b"}));
}

TEST(Splitter, QuotesHideSemicolons) {
  for (const std::string text : {"select ';'",        "select ''';'",          "select \"a;\"\"b;\"",
                                 "select $$;$$",      "select $a$;$$;$b$;$a$", "select $a$ $ba$; $a $a$",
                                 "select E'\\';'",    "select e'\\\\;'",       "select U&';\\'",
                                 "select u&\"d\\;\"", "select B'1;'",          "select U&';\\'",
                                 "select X'1;'",      "select N';'",           "select a$b$c",
                                 "select $1, a$1",    "select 'a\\'",          "select e'a'\n  'b\\';'",
                                 "select (1;2)",      "select ((1;)2;)",       "select \xc3\xa4$a$"}) {
    const std::string line = text.find('\n') == std::string::npos ? "1" : "2";
    EXPECT_EQ(pieces(text + "; x;"), (Pieces{"S1 " + text, "S" + line + " x"}));
  }
}

TEST(Splitter, BackslashesEscapeWhenStringsDoNotConform) {
  const std::string off = "SET standard_conforming_strings = off;\n";
  EXPECT_EQ(pieces(off + "select 'a\\';';"),
            (Pieces{"S1 SET standard_conforming_strings = off", "S2 select 'a\\';'"}));
  EXPECT_EQ(
      pieces("SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false);select 'a\\';';")
          .size(),
      2U);
  EXPECT_EQ(pieces(off + "SET standard_conforming_strings TO 'on';select 'a\\';").size(), 3U);
  EXPECT_EQ(pieces(off + "\\connect other\nselect 'a\\';").size(), 3U);
  EXPECT_EQ(pieces(off + "RESET standard_conforming_strings;select 'a\\';").size(), 3U);
  // The continuation of a string that does not escape does not escape either.
  EXPECT_EQ(pieces(off + "select U&'a'\n'\\';x;").size(), 3U);
}

TEST(Splitter, BodiesOfFunctions) {
  const std::string body =
      "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql\nBEGIN ATOMIC\n SELECT CASE WHEN a > 0 THEN 1 END;\n"
      " SELECT 2;\nEND";
  EXPECT_EQ(pieces(body + "; x;"), (Pieces{"S1 " + body, "S5 x"}));
  EXPECT_EQ(pieces("create or replace procedure p() begin atomic select 1; end; x;").size(), 2U);
  // A function may be named begin, and only functions have bodies.
  EXPECT_EQ(pieces("CREATE FUNCTION public.begin() RETURNS int LANGUAGE c AS 'x'; x;").size(), 2U);
  EXPECT_EQ(pieces("BEGIN; select 1; END;").size(), 3U);
}

TEST(Splitter, CopyDataIsNotLexed) {
  const std::string text =
      "COPY public.t (a, b) FROM stdin;\n1\t';\n\\\\.\n\\N\t--\n\\.x\n\\.\nselect 1;\n"
      "copy e from stdin with (format text);\n\\.\n";
  const Split result = split_everyhow(text);
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.pieces, (Pieces{"S1 COPY public.t (a, b) FROM stdin", "R2 1\t';\n\\\\.\n\\N\t--\n\\.x\n",
                                   "E6", "S7 select 1", "S8 copy e from stdin with (format text)", "E9"}));
  EXPECT_EQ(result.rows, 4U);
  EXPECT_EQ(pieces("COPY t FROM stdin; -- comment\r\n1\r\n\\.\r\nx;"),
            (Pieces{"S1 COPY t FROM stdin", "R2 1\r\n", "E3", "S4 x"}));
  EXPECT_EQ(pieces("COPY t TO stdout; x;").size(), 2U);
  EXPECT_EQ(pieces("COPY t FROM stdin;\n1\n\\."), (Pieces{"S1 COPY t FROM stdin", "R2 1\n", "E3"}));
  EXPECT_EQ(pieces("COPY t FROM stdin CSV;\n\"a\nb\\\",1\n\\.\n"),
            (Pieces{"S1 COPY t FROM stdin CSV", "R2 \"a\nb\\\",1\n", "E4"}));
}

TEST(Splitter, ANewlineBehindABackslashIsData) {
  SplitterLimits limits;
  limits.block = 4;
  const Split result = split("COPY t FROM stdin;\na\\\nb\nc\\\\\nd\n\\.\n", limits);
  EXPECT_EQ(result.rows, 3U);
  for (const std::string& piece : result.pieces) {
    EXPECT_FALSE(piece[0] == 'R' && piece.ends_with("a\\\n")) << "a row was cut: " << piece;
  }
}

TEST(Splitter, MetaCommandsAreLinesOfTheirOwn) {
  EXPECT_EQ(
      pieces("\\restrict abc\n\\connect \"a b\"\nselect 1; \\! id ; x\nselect 2;"),
      (Pieces{"M1 \\restrict abc", "M2 \\connect \"a b\"", "S3 select 1", "M3 \\! id ; x", "S4 select 2"}));
  EXPECT_EQ(split_everyhow("select 1 \\gexec\n;").error, "dump.meta_command_refused");
  EXPECT_EQ(split_everyhow("select 1 \\; select 2;").error, "dump.meta_command_refused");
}

TEST(Splitter, WhatIsOpenAtTheEndIsNamed) {
  const auto truncated = [](const std::string& text) {
    const Split result = split_everyhow(text);
    EXPECT_EQ(result.error, "dump.truncated") << text;
    return result.what;
  };
  EXPECT_NE(truncated("x;\nselect 'a").find("a string that begins in line 2"), std::string::npos);
  EXPECT_NE(truncated("select \"a").find("a quoted name"), std::string::npos);
  EXPECT_NE(truncated("select $a$ $b$").find("a dollar-quoted string"), std::string::npos);
  EXPECT_NE(truncated("x;\n/* a").find("a comment that begins in line 2"), std::string::npos);
  EXPECT_NE(truncated("select\n(1;").find("a parenthesis that begins in line 2"), std::string::npos);
  EXPECT_NE(truncated("select 1").find("without its semicolon"), std::string::npos);
  EXPECT_NE(truncated("create function f() begin atomic select 1;").find("the body"), std::string::npos);
  const std::string copy = truncated("x;\nCOPY public.t (a) FROM stdin;\n1\n2\n3");
  EXPECT_NE(copy.find("line 2: COPY public.t"), std::string::npos);
  EXPECT_NE(copy.find("after 2 whole rows"), std::string::npos);
}

TEST(Splitter, EncodingsThatHideQuotes) {
  const std::string sjis = "SET client_encoding = 'SJIS';\n";
  // 0x83 0x5c is one character whose second byte is a backslash, 0x83 0x27 would be a quote.
  EXPECT_EQ(pieces(sjis + "SET standard_conforming_strings = off;select '\x83\\';x;").size(), 4U);
  EXPECT_EQ(pieces("SET client_encoding = 'BIG5';\nselect \"\xa1\"\";x;").size(), 3U);
  EXPECT_EQ(pieces("\\encoding gb18030\nselect '\x81\x30\x81\x30\x81'';x;").size(), 3U);
  EXPECT_EQ(pieces(sjis + "\\connect a\nselect '\x83';x;").size(), 4U);
  EXPECT_EQ(pieces(sjis + "COPY t FROM stdin;\n\x83\\\n\\.\nx;").size(), 5U);
}

TEST(Splitter, TextsThatAreNoDumps) {
  EXPECT_EQ(split(std::string("\xff\xfe-\0-\0", 6)).error, "dump.wrong_encoding");
  EXPECT_EQ(split(std::string("-\0-\0", 4)).error, "dump.wrong_encoding");
  EXPECT_EQ(split_everyhow(std::string("select 1;\0\0\0", 12)).error, "dump.damaged");
  EXPECT_EQ(split_everyhow(std::string("select '\0';", 11)).error, "dump.damaged");
  EXPECT_EQ(split_everyhow(std::string("COPY t FROM stdin;\n1\0\n\\.\n", 25)).error, "dump.damaged");
  EXPECT_EQ(split_everyhow("COPY t FROM stdin; select 1;\n\\.\n").error, "dump.statement_refused");
}

TEST(Splitter, TooLargeStatementsAndRows) {
  SplitterLimits limits;
  limits.statement = 1000;
  limits.block = 100;
  EXPECT_EQ(split("select '" + std::string(900, 'x') + "';", limits).error, "");
  EXPECT_EQ(split("select '" + std::string(2000, 'x') + "';", limits).error, "dump.statement_too_large");
  EXPECT_EQ(split("COPY t FROM stdin;\n" + std::string(2000, 'x') + "\n\\.\n", limits).error,
            "dump.statement_too_large");
}

TEST(Splitter, MarkersOfADump) {
  const std::string dump =
      "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.11 (Debian)\n"
      "-- Dumped by pg_dump version 18.6\n\nselect '\n-- PostgreSQL database dump complete\n';\n";
  const Split cut = split_everyhow(dump);
  EXPECT_EQ(cut.markers.dumps_begun, 1);
  EXPECT_EQ(cut.markers.dumps_ended, 0);
  EXPECT_EQ(cut.markers.server_version, "17.11 (Debian)");
  EXPECT_EQ(cut.markers.dump_version, "18.6");
  ASSERT_FALSE(check_end(cut.markers));
  EXPECT_EQ(check_end(cut.markers).error().id, "dump.truncated");
  EXPECT_TRUE(check_end(split(dump + "--\n-- PostgreSQL database dump complete\n--\n").markers));
  EXPECT_TRUE(check_end({}));
  EXPECT_FALSE(check_end(
      split("-- PostgreSQL database cluster dump\n" + dump + "-- PostgreSQL database dump complete\n")
          .markers));
}

}  // namespace
}  // namespace recover::postgresql::dump
