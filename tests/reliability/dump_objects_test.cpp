// How many objects of each kind there are, the dump against the server: what differs is a failed check, what
// the text of a dump leaves open is told and not guessed.
#include "tests/support/dumping.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DumpObjects : public Recovering {
 protected:
  Answer load(const std::string& text) {
    box.write("source/shop.sql", "--\n-- PostgreSQL database dump\n--\n\n" + text +
                                     "\n--\n-- PostgreSQL database dump complete\n--\n\n");
    return recover(15, {"--verify", "quick"});
  }
  static std::string evidence(const Answer& answer) {
    return answer.check("dump_objects").value("evidence", "");
  }
};

/// A function in a default does what nobody sees in the text: it drops a table and its index.
TEST_F(DumpObjects, WhatIsMissingInTheServerIsNamedByKindWithBothNumbers) {
  const Answer answer = load(
      "CREATE TABLE kept (i int);\nCREATE TABLE victim (i int);\nCREATE INDEX ON victim (i);\n"
      "CREATE FUNCTION drop_it() RETURNS int LANGUAGE plpgsql AS "
      "'BEGIN EXECUTE ''DROP TABLE IF EXISTS public.victim''; RETURN 1; END';\n"
      "ALTER TABLE kept ADD COLUMN j int DEFAULT public.drop_it();\n"
      "COPY kept (i) FROM stdin;\n1\n\\.\n");
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_EQ(answer.check("dump_objects")["verdict"], "failed") << answer.told();
  EXPECT_THAT(evidence(answer), HasSubstr("tables: dump 2, server 1"));
  EXPECT_THAT(evidence(answer), HasSubstr("indexes: dump 1, server 0"));
}

TEST_F(DumpObjects, InvalidIndexesAndUnvalidatedConstraintsAreFailures) {
  const Answer answer = load(
      "CREATE TABLE t (i int, CONSTRAINT positive CHECK (i > 0));\nCREATE INDEX by_i ON t (i);\n"
      "UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'public.by_i'::regclass;\n"
      "UPDATE pg_catalog.pg_constraint SET convalidated = false WHERE conname = 'positive';\n");
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(evidence(answer), HasSubstr("invalid indexes: dump 0, server 1"));
  EXPECT_THAT(evidence(answer), HasSubstr("constraints that were left unvalidated: dump 0, server 1"));
}

TEST_F(DumpObjects, WhatMayBeNullAndWhatLostItsPrivilegesIsAFailure) {
  const Answer answer = load(
      "CREATE TABLE t (i int NOT NULL, j int NOT NULL);\nGRANT SELECT ON TABLE public.t TO PUBLIC;\n"
      "CREATE SCHEMA s;\nGRANT USAGE ON SCHEMA s TO PUBLIC;\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC;\n"
      "UPDATE pg_catalog.pg_attribute SET attnotnull = false WHERE attrelid = 'public.t'::regclass AND "
      "attname = 'j';\nUPDATE pg_catalog.pg_class SET relacl = NULL WHERE oid = 'public.t'::regclass;\n"
      "UPDATE pg_catalog.pg_namespace SET nspacl = NULL WHERE nspname = 's';\n"
      "DELETE FROM pg_catalog.pg_default_acl;\n");
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(evidence(answer), HasSubstr("columns and domains that must not be null: dump 2, server 1"));
  EXPECT_THAT(evidence(answer), HasSubstr("tables, views and sequences with privileges: dump 1, server 0"));
  EXPECT_THAT(evidence(answer), HasSubstr("schemas with privileges: dump 1, server 0"));
  EXPECT_THAT(evidence(answer), HasSubstr("default privileges: dump 1, server 0"));
}

TEST_F(DumpObjects, FormsThatPeopleWriteAreCountedOnce) {
  const Answer answer = load(
      "CREATE TABLE IF NOT EXISTS t (id serial PRIMARY KEY, n int UNIQUE CHECK (n > 0), "
      "up int REFERENCES t (id));\nCREATE TABLE IF NOT EXISTS public.t (id serial);\n"
      "CREATE TABLE made AS SELECT 1 AS one;\nCREATE OR REPLACE VIEW v AS SELECT 1 AS a;\n"
      "CREATE OR REPLACE VIEW public.v AS SELECT 2 AS a;\nCREATE INDEX IF NOT EXISTS i ON t (n);\n"
      "CREATE INDEX IF NOT EXISTS i ON t (n);\nCREATE TABLE numbered (a int GENERATED ALWAYS AS IDENTITY, "
      "EXCLUDE USING btree (a WITH =));\nCREATE TYPE pair AS (a int, b int);\n"
      "CREATE TYPE span AS RANGE (subtype = int);\nCREATE DOMAIN small AS int CHECK (VALUE < 10);\n"
      "ALTER TABLE made ADD COLUMN two int, ADD CONSTRAINT two_is CHECK (two > 0) NOT VALID;\n"
      "CREATE TABLE parent (k int PRIMARY KEY, CHECK (k > 0));\nCREATE TABLE child () INHERITS (parent);\n"
      "ALTER TABLE child ADD COLUMN own int NOT NULL, ALTER k SET NOT NULL;\n"
      "CREATE DOMAIN filled AS text CONSTRAINT there NOT NULL;\n"
      "CREATE OPERATOR CLASS own FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 1 hashtext(text);\n"
      "CREATE OPERATOR FAMILY free USING hash;\n"
      "CREATE ROLE reader;\nGRANT SELECT ON t, made TO reader WITH GRANT OPTION;\n"
      "GRANT SELECT (a), UPDATE (a) ON public.numbered TO reader;\nREVOKE ALL ON public.made FROM postgres;\n"
      "GRANT USAGE ON SEQUENCE public.numbered_a_seq TO reader;\nREVOKE USAGE ON TYPE pair FROM PUBLIC;\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE reader, postgres GRANT SELECT ON TABLES TO PUBLIC;\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE reader REVOKE EXECUTE ON ROUTINES FROM PUBLIC;\n"
      "INSERT INTO t (n) VALUES (1);\n");
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_objects")["verdict"], "passed") << answer.told();
  EXPECT_THAT(evidence(answer), Not(HasSubstr("not compared")));
}

TEST_F(DumpObjects, WhatTheTextDoesNotTellIsNotCompared) {
  const Answer code = load("DO $$ BEGIN CREATE TABLE t (i int); END $$;\n");
  ASSERT_EQ(code.exit, 0) << code.told();
  EXPECT_EQ(code.check("dump_objects")["verdict"], "not_checked") << code.told();
  EXPECT_THAT(evidence(code), HasSubstr("it runs code"));
}

TEST_F(DumpObjects, APartitionThatJoinsLateLeavesOnlyItsKindsOpen) {
  const Answer late = load(
      "CREATE TABLE t (i int PRIMARY KEY) PARTITION BY LIST (i);\nCREATE INDEX ON t (i);\n"
      "CREATE TABLE p PARTITION OF t FOR VALUES IN (1);\nCREATE VIEW v AS SELECT * FROM t;\n"
      "CREATE TABLE q (i int NOT NULL);\nALTER TABLE t ATTACH PARTITION q FOR VALUES IN (2);\n");
  ASSERT_EQ(late.exit, 0) << late.told();
  EXPECT_EQ(late.check("dump_objects")["verdict"], "passed") << late.told();
  EXPECT_THAT(evidence(late), HasSubstr("primary keys"));
  EXPECT_THAT(evidence(late), Not(HasSubstr("views")));
  EXPECT_THAT(evidence(late), Not(HasSubstr("must not be null")));
}

/// Each is granted and quietly taken back again behind the grant.
TEST_F(DumpObjects, WhatLostItsPrivilegesOutsideTheDatabaseIsAFailure) {
  const std::string grants =
      "GRANT CONNECT ON DATABASE shop TO PUBLIC;\nGRANT CREATE ON TABLESPACE pg_default TO PUBLIC;\n"
      "GRANT SET ON PARAMETER work_mem TO PUBLIC;\nGRANT USAGE ON LANGUAGE sql TO PUBLIC;\n";
  const Answer whole = load("CREATE TABLE t (i int);\n" + grants);
  EXPECT_EQ(whole.exit, 0) << whole.told();
  EXPECT_EQ(whole.check("dump_shared_objects").value("verdict", ""), "passed") << whole.told();
  stop_servers_below(box.state());
  std::filesystem::remove_all(box.state());
  const Answer answer =
      load("CREATE TABLE t (i int);\n" + grants +
           "UPDATE pg_catalog.pg_database SET datacl = NULL WHERE datname = 'shop';\n"
           "UPDATE pg_catalog.pg_tablespace SET spcacl = NULL;\nDELETE FROM pg_catalog.pg_parameter_acl;\n"
           "UPDATE pg_catalog.pg_language SET lanacl = NULL;\n");
  EXPECT_EQ(answer.exit, 3) << answer.told();
  const std::string missing = answer.check("dump_shared_objects").value("evidence", "");
  for (const char* what : {"database shop", "tablespace pg_default", "parameter work_mem"})
    EXPECT_THAT(missing, HasSubstr(std::string("privileges on the ") + what)) << answer.told();
  EXPECT_THAT(evidence(answer), HasSubstr("languages with privileges: dump 1, server 0"));
}

}  // namespace
}  // namespace recover::test
