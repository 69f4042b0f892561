// The record of a load, and which refusals of a server end one.
#include "postgresql/load/record.hpp"
#include "postgresql/load/tolerated.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql::load {
namespace {

TEST(LoadRecord, ComesBackAsItWasWritten) {
  LoadRecord record;
  record.tables = {{"shop", "public.orders", "(\"a\", \"b\")", 7, "00ff", "-z"},
                   {"we\tird\n", "\"ta\\ble\"", "", 0, "", ""}};
  record.sequences = {{"shop", "public.\"s\ts\"", "42|t"}};
  record.databases = {"shop", "we\tird\n"};
  record.encoding = "LATIN1";
  record.statements = 12;
  record.bytes = 99;
  record.seconds = 1.5;
  record.made_roles = {"al ice"};
  record.warnings = {"the server does not know: SET x = 1"};
  record.refusals = {{"42710", 3}};
  record.passed_over = 5;
  record.tables_passed_over = 2;
  const auto back = parse_record(to_text(record));
  ASSERT_TRUE(back) << back.error().cause;
  EXPECT_EQ(to_text(*back), to_text(record));
  EXPECT_EQ(back->tables.at(1).database, "we\tird\n");
  EXPECT_EQ(back->tables.at(0).rows, 7U);
  EXPECT_EQ(back->refusals, record.refusals);
  ASSERT_EQ(back->sequences.size(), 1U);
  EXPECT_EQ(back->sequences[0].state, "42|t");
  EXPECT_EQ(back->tables_passed_over, 2U);
}

TEST(LoadRecord, EveryTruncationIsRefused) {
  const std::string text = to_text(LoadRecord{});
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_record(text.substr(0, length))) << length;
  EXPECT_FALSE(parse_record("recover.load/2\nend\n"));
}

bool harmless(const std::string& sql, const std::string& state) {
  return is_harmless(dump::describe(sql), sql, state);
}

TEST(ToleratedRefusals, OnlyWhatLeavesNothingMissing) {
  EXPECT_TRUE(harmless("CREATE ROLE postgres", "42710"));
  EXPECT_TRUE(harmless("CREATE SCHEMA public", "42P06"));
  EXPECT_TRUE(harmless("DROP TABLE public.t", "42P01"));
  EXPECT_TRUE(harmless("ALTER TABLE ONLY public.t DROP CONSTRAINT c", "42704"));
  EXPECT_FALSE(harmless("CREATE ROLE alice", "42501"));
  EXPECT_FALSE(harmless("CREATE TABLE public.t (i int)", "42P07"));
  EXPECT_FALSE(harmless("DROP TABLE public.t", "2BP01"));
  EXPECT_FALSE(harmless("COPY public.t FROM stdin", "22P02"));
}

TEST(ToleratedRefusals, TheMissingRoleIsNamed) {
  EXPECT_TRUE(is_missing_role("role \"al\"ice\" does not exist", "42704"));
  EXPECT_EQ(missing_role("role \"al\"ice\" does not exist"), "al\"ice");
  EXPECT_FALSE(is_missing_role("type \"x\" does not exist", "42704"));
}

}  // namespace
}  // namespace recover::postgresql::load
