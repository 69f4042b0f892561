// Dumps that are not what they should be, and dumps with what is easy to get wrong: cases R11 to R18, R25
// to R27 and R66 of the reliability list, on real servers.
#include "tests/support/dumping.hpp"

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

/// Three rows of a table, the last one not whole, and nothing behind it: psql takes it without a word.
constexpr const char* cut_in_copy =
    "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE shop (i int);\n"
    "COPY public.shop (i) FROM stdin;\n1\n2\n3";

TEST_F(HandMade, R11_ACutWithinRowsNamesTableAndRows) {
  for (const bool is_compressed : {false, true}) {
    fs::remove_all(box.source());
    box.write("source/shop.sql", cut_in_copy);
    if (is_compressed) {
      ASSERT_EQ(Sandbox::run({"gzip", box.source() + "/shop.sql"}).exit, 0);
    }
    const Answer answer = recover(major);
    EXPECT_EQ(answer.exit, 3) << answer.told();
    EXPECT_THAT(answer.told(), HasSubstr("public.shop"));
    EXPECT_THAT(answer.told(), HasSubstr("after 2 whole rows"));
    EXPECT_TRUE(nothing_was_begun());
  }
}

TEST_F(HandMade, R12_WithoutItsEndMarkerItComesBackAsALastResortOnly) {
  box.write(
      "source/shop.sql",
      "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (i int);\nCOPY t FROM stdin;\n1\n2\n\\.\n");
  EXPECT_EQ(recover(major).exit, 3);
  EXPECT_TRUE(nothing_was_begun());
  const Answer answer = recover(major, {"--last-resort"});
  EXPECT_EQ(answer.exit, 15) << answer.told();
  EXPECT_EQ(answer.check("dump_load")["verdict"], "warning");
  EXPECT_THAT(answer.told(), HasSubstr("cut off"));
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM t", "shop"), "2\n");
}

TEST_F(HandMade, R11_TheWholeRowsOfACutDumpComeBackAsALastResort) {
  box.write("source/shop.sql", cut_in_copy);
  const Answer answer = recover(major, {"--last-resort", "--verify", "full"});
  EXPECT_EQ(answer.exit, 15) << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM shop", "shop"), "2\n");
}

TEST_F(HandMade, R13_AnArchiveThatIsCutBehindItsContentsIsRefused) {
  Cluster original(box, major, "original");
  original.start();
  static_cast<void>(original.sql("CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 5000) i"));
  box.make_directory("source");
  const std::string dump = box.source() + "/postgres.dump";
  ASSERT_EQ(Sandbox::run({"/usr/lib/postgresql/15/bin/pg_dump", "-h", original.sockets(), "-U", "postgres",
                          "-Fc", "-f", dump, "postgres"})
                .exit,
            0);
  fs::resize_file(dump, fs::file_size(dump) / 2);
  ASSERT_EQ(Sandbox::run({"/usr/lib/postgresql/15/bin/pg_restore", "-l", dump}).exit, 0)
      << "not the case R13";
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.dump_incomplete")) << answer.told();
  EXPECT_TRUE(nothing_was_begun());
}

TEST_F(HandMade, R14_WhatComesBehindGzipIsToldAndAMissingSumIsRefused) {
  const auto compressed = [&] {
    const Answer plain = load("CREATE TABLE t (i int);\nCOPY t FROM stdin;\n1\n2\n\\.\n", {"--dry-run"});
    EXPECT_EQ(Sandbox::run({"gzip", "-f", box.source() + "/shop.sql"}).exit, 0);
    return content_of(box.source() + "/shop.sql.gz");
  };
  const std::string whole = compressed();
  box.write("source/shop.sql.gz", whole.substr(0, whole.size() - 8));
  const Answer cut = recover(major);
  EXPECT_EQ(cut.exit, 3) << cut.told();
  box.write("source/shop.sql.gz", whole + "garbage behind it");
  const Answer garbage = recover(major);
  ASSERT_EQ(garbage.exit, 0) << garbage.told();
  EXPECT_THAT(garbage.told(), HasSubstr("what follows the gzip stream")) << "nobody told of the garbage";
  EXPECT_EQ(sql_through(garbage.connect(), "SELECT count(*) FROM t", "shop"), "2\n");
}

TEST_F(HandMade, R14_SeveralGzipStreamsBehindEachOtherAreOneDump) {
  load("CREATE TABLE t (i int);\nCOPY t FROM stdin;\n1\n2\n\\.\n", {"--dry-run"});
  const std::string text = content_of(box.source() + "/shop.sql");
  fs::remove(box.source() + "/shop.sql");
  std::string members;
  for (const std::string& part : {text.substr(0, text.size() / 2), text.substr(text.size() / 2)}) {
    box.write("part", part);
    ASSERT_EQ(Sandbox::run({"gzip", "-f", box.path("part")}).exit, 0);
    members += content_of(box.path("part.gz"));
  }
  box.write("source/shop.sql.gz", members);
  const Answer answer = recover(major);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM t", "shop"), "2\n");
}

/// One database in a pg_dumpall of 9.6.
std::string database_of_96(const std::string& contents) {
  return "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 9.6.24\n"
         "-- Dumped by pg_dump version 9.6.24\n\nSET statement_timeout = 0;\nSET lock_timeout = 0;\n"
         "SET idle_in_transaction_session_timeout = 0;\nSET client_encoding = 'UTF8';\n"
         "SET standard_conforming_strings = on;\nSET check_function_bodies = false;\n"
         "SET client_min_messages = warning;\nSET row_security = off;\n\n"
         "CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;\n\n\n"
         "COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';\n\n\n"
         "SET search_path = public, pg_catalog;\n\nSET default_tablespace = '';\n\n"
         "SET default_with_oids = false;\n\n" +
         contents + "--\n-- PostgreSQL database dump complete\n--\n\n";
}

/// As pg_dumpall 9.6 writes: there is no server of that version here (databases and their privileges first,
/// no \restrict, default_with_oids, names without a search_path of their own).
TEST_F(HandMade, R17_AClusterDumpInTheFormOf96ComesBackWithAllDatabases) {
  box.write(
      "source/all.sql",
      "--\n-- PostgreSQL database cluster dump\n--\n\nSET default_transaction_read_only = off;\n\n"
      "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n"
      "CREATE ROLE alice;\nALTER ROLE alice WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN "
      "NOREPLICATION NOBYPASSRLS;\nCREATE ROLE postgres;\nALTER ROLE postgres WITH SUPERUSER INHERIT "
      "CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS;\n\n\n--\n-- Database creation\n--\n\n"
      "CREATE DATABASE shop WITH TEMPLATE = template0 OWNER = alice;\n"
      "REVOKE ALL ON DATABASE shop FROM PUBLIC;\nREVOKE ALL ON DATABASE shop FROM alice;\n"
      "GRANT ALL ON DATABASE shop TO alice;\nGRANT CONNECT,TEMPORARY ON DATABASE shop TO PUBLIC;\n"
      "REVOKE CONNECT,TEMPORARY ON DATABASE template1 FROM PUBLIC;\n"
      "GRANT CONNECT ON DATABASE template1 TO PUBLIC;\n\n\n\\connect postgres\n\n"
      "SET default_transaction_read_only = off;\n\n" +
          database_of_96("CREATE TABLE kept (i integer);\n\n\nALTER TABLE kept OWNER TO postgres;\n\n"
                         "COPY kept (i) FROM stdin;\n7\n\\.\n\n\n") +
          "\\connect shop\n\nSET default_transaction_read_only = off;\n\n" +
          database_of_96(
              "CREATE TABLE orders (\n    id integer NOT NULL,\n    what text\n);\n\n\n"
              "ALTER TABLE orders OWNER TO alice;\n\nCREATE SEQUENCE orders_id_seq\n    START WITH 1\n"
              "    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE 1;\n\n\n"
              "ALTER TABLE orders_id_seq OWNER TO alice;\n\n"
              "ALTER SEQUENCE orders_id_seq OWNED BY orders.id;\n\n\n"
              "ALTER TABLE ONLY orders ALTER COLUMN id SET DEFAULT nextval('orders_id_seq'::regclass);\n\n\n"
              "COPY orders (id, what) FROM stdin;\n1\tone\n2\ttwo\n\\.\n\n\n"
              "SELECT pg_catalog.setval('orders_id_seq', 2, true);\n\n\n"
              "ALTER TABLE ONLY orders\n    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n\n\n") +
          "\\connect template1\n\nSET default_transaction_read_only = off;\n\n" + database_of_96("") +
          "--\n-- PostgreSQL database cluster dump complete\n--\n\n");
  const Answer answer = recover(major, {"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_objects").value("verdict", ""), "passed") << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT i FROM kept"), "7\n");
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM orders", "shop"), "2\n");
  EXPECT_EQ(
      sql_through(answer.connect(), "SELECT tableowner FROM pg_tables WHERE tablename = 'orders'", "shop"),
      "alice\n");
}

TEST_F(HandMade, R15_CommandsOfPsqlAreRefusedWithTheirLine) {
  const std::string marker = "/tmp/recover-r15-marker";
  fs::remove(marker);
  for (const std::string& command :
       {"\\! touch " + marker, "\\copy t from program 'touch " + marker + "'", "\\o |touch " + marker,
        std::string("\\i /etc/passwd"), "\\set x `touch " + marker + "`", "SELECT 1 \\g |touch " + marker}) {
    const Answer answer = load("CREATE TABLE t (i int);\n" + command + "\n");
    EXPECT_EQ(answer.exit, 14) << command << answer.told();
    EXPECT_THAT(ids(answer), Contains("dump.meta_command_refused")) << command;
    EXPECT_THAT(answer.told(), HasSubstr("line 6")) << command;
    EXPECT_FALSE(fs::exists(marker)) << command;
  }
}

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
