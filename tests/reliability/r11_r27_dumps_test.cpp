// Dumps that are not what they should be, and dumps with what is easy to get wrong: cases R11 to R18, R25
// to R27 and R66 of the reliability list, on real servers.
#include "tests/support/recovering.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;

class HandMade : public Recovering {
 protected:
  [[nodiscard]] bool nothing_was_begun() const {
    return !fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances");
  }
  Answer load(const std::string& text, const std::vector<std::string>& words = {}) {
    box.write("source/shop.sql", "--\n-- PostgreSQL database dump\n--\n\n" + text +
                                     "\n--\n-- PostgreSQL database dump complete\n--\n\n");
    return recover(major, words);
  }
};

TEST_F(HandMade, R16_AProgramOfTheServerIsNeverRun) {
  const std::string marker = "/tmp/recover-r16-marker";
  fs::remove(marker);
  for (const std::string& statement :
       {"COPY t FROM PROGRAM 'touch " + marker + "'", "COPY t TO PROGRAM 'touch " + marker + "'",
        std::string("ALTER SYSTEM SET work_mem = '1GB'"), std::string("LOAD '/tmp/evil.so'"),
        std::string("CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/evil.so', 'f'")}) {
    const Answer answer = load("CREATE TABLE t (i text);\n" + statement + ";\n");
    EXPECT_EQ(answer.exit, 14) << statement << answer.told();
    EXPECT_THAT(ids(answer), Contains("dump.statement_refused")) << statement;
    EXPECT_FALSE(fs::exists(marker)) << statement;
  }
}

TEST_F(HandMade, R25_NamesComeBackByteForByte) {
  const std::string longest(63, 'n');
  std::string text;
  for (const std::string& name : {std::string("a\"b; drop -- x"), longest, std::string("a__old_1"),
                                  std::string("MiXed"), std::string("дата 数据")}) {
    std::string quoted;
    for (const char letter : name) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    text += "CREATE DATABASE \"" + quoted + "\" TEMPLATE template0;\n";
    text += "\\connect \"" + quoted + "\"\nCREATE TABLE \"T 1\" (i int);\nCOPY \"T 1\" FROM stdin;\n1\n\\.\n";
  }
  const Answer answer = load(text);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  const std::string names = sql_through(
      answer.connect(),
      "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')");
  for (const std::string& name : {std::string("a\"b; drop -- x"), longest, std::string("a__old_1"),
                                  std::string("MiXed"), std::string("дата 数据")}) {
    EXPECT_THAT(names, HasSubstr(name + "\n"));
  }
}

TEST_F(HandMade, R18_ADumpThatIsNewerThanEveryServerIsRefusedBeforeAnything) {
  const Answer answer = load(
      "-- Dumped from database version 18.1\n-- Dumped by pg_dump version 18.1\n\n"
      "CREATE TABLE t (i int);\n");
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.dump_too_new")) << answer.told();
  for (const char* named : {"18.1", "15.", "postgresql-18", "--bindir", "container"})
    EXPECT_THAT(answer.told(), HasSubstr(named));
  EXPECT_TRUE(nothing_was_begun());
}

TEST_F(HandMade, R18_WhatOldVersionsHadIsToldInThePlan) {
  const Answer answer = load(
      "-- Dumped from database version 10.23\n-- Dumped by pg_dump version 10.23\n\n"
      "SET default_with_oids = true;\nCREATE TABLE t (i int);\n");
  EXPECT_EQ(answer.exit, 3) << answer.told();  // the server refuses the setting
  const Outcome plan = box.recover({"plan", box.source(), "--bindir", server_programs(major)});
  EXPECT_THAT(plan.out, HasSubstr("RISKY")) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("WITH OIDS"));
}

TEST_F(HandMade, R26_OthersGoOnWhenAnExtensionIsMissing) {
  const auto dump = [](const std::string& text) {
    return "--\n-- PostgreSQL database dump\n--\n\n" + text +
           "\n--\n-- PostgreSQL database dump complete\n--\n\n";
  };
  box.write("source/maps/maps.sql", dump("CREATE EXTENSION timescaledb;\nCREATE TABLE t (i int);\n"));
  box.write("source/shop/shop.sql", dump("CREATE TABLE t (i int);\n"));
  const Answer answer = recover(major, {"--continue-on-error"});
  EXPECT_EQ(answer.exit, 4) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("postgresql-15-timescaledb"));
  EXPECT_EQ(answer.document["totals"]["succeeded"], 1) << answer.told();
}

TEST_F(HandMade, R27_RolesThatAreMissingAreMadeAndTold) {
  const Answer answer = load(
      "SET SESSION AUTHORIZATION carol;\nSET SESSION AUTHORIZATION DEFAULT;\n"
      "CREATE TABLE t (i int);\nALTER TABLE t OWNER TO \"d\"\"ora\";\nGRANT SELECT ON t TO eve;\n"
      "COPY t FROM stdin;\n1\n2\n\\.\n");
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_load")["verdict"], "warning") << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  for (const char* role : {"carol", "d\"ora", "eve"})
    EXPECT_THAT(answer.check("dump_load")["evidence"].get<std::string>(), HasSubstr(role));
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM pg_roles WHERE rolcanlogin"), "1\n");
}

TEST_F(HandMade, KeysThatComeBeforeTheRowsAreHonouredInTheOrderOfTheDump) {
  std::string text = "CREATE TABLE a (i int PRIMARY KEY);\nCREATE TABLE b (i int REFERENCES a);\n";
  text += "COPY a FROM stdin;\n";
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + "\n";
  text += "\\.\nCOPY b FROM stdin;\n199999\n\\.\nINSERT INTO a VALUES (-1);\nINSERT INTO b VALUES (-1);\n";
  const Answer answer = load(text, {"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(
      sql_through(answer.connect(), "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)", "shop"),
      "200001|2\n");
}

TEST_F(HandMade, R66_ATriggerThatSwallowsRowsIsNoticed) {
  const Answer answer = load(
      "CREATE TABLE t (i int);\n"
      "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';\n"
      "CREATE TRIGGER swallow BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.i = 2) EXECUTE FUNCTION swallow();\n"
      "COPY t FROM stdin;\n1\n2\n3\n\\.\n");
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("the dump has 3 rows, the server took 2"));
}

TEST_F(HandMade, R66_ATriggerThatChangesRowsIsNoticedByTheirSum) {
  const std::string text =
      "CREATE TABLE t (i int);\n"
      "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.i = 7; RETURN NEW; END';\n"
      "CREATE TRIGGER change BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION change();\n"
      "COPY t FROM stdin;\n1\n2\n3\n\\.\n";
  const Answer answer = load(text, {"--verify", "full"});
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "failed") << answer.told();
}

TEST_F(HandMade, TransactionsTemporaryTablesAndCsvOfHandMadeScripts) {
  const Answer answer = load(
      "BEGIN;\nCREATE TABLE t (i int, s text);\nCREATE TEMP TABLE w (i int);\nCOPY w FROM stdin;\n4\n5\n\\.\n"
      "INSERT INTO t SELECT i, 'from w' FROM w;\nCOMMIT;\n"
      "COPY t FROM stdin WITH (FORMAT csv);\n6,\"two\nlines\"\n\\.\n"
      "SET search_path = pg_catalog;\nINSERT INTO public.t VALUES (7, 'x');\n");
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*), sum(i) FROM t", "shop"), "4|22\n");
}

TEST_F(HandMade, TwoDumpsOfOneNameInDifferentPlacesBothComeBack) {
  const std::string text =
      "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (i int);\n\n--\n-- PostgreSQL database dump "
      "complete\n--\n\n";
  box.write("source/old/shop.sql", text);
  box.write("source/new/shop.sql", text);
  const Answer answer = recover(major);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.document["totals"]["succeeded"], 2) << answer.told();
}

TEST_F(HandMade, ALocaleThatTheMachineLacksIsSuppliedPrivately) {
  const Answer answer = load(
      "CREATE DATABASE wien TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'de_AT.UTF-8' LC_CTYPE "
      "'de_AT.UTF-8';\n"
      "\\connect wien\nCREATE TABLE t (i text);\nCOPY t FROM stdin;\nö\n\\.\n");
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT datcollate FROM pg_database WHERE datname = 'wien'"),
            "de_AT.UTF-8\n");
  EXPECT_EQ(sql_through(answer.connect(), "SELECT upper(i) FROM t", "wien"), "Ö\n");
}

}  // namespace
}  // namespace recover::test
