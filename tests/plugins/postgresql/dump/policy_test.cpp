// What a dump may not do: each refusal alone, each permission alone, and that a real dump's statements pass.
#include "postgresql/dump/policy.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql::dump {
namespace {

Piece statement(std::string_view text) {
  return {PieceKind::statement, text, 7, 0};
}
Piece meta(std::string_view text) {
  return {PieceKind::meta_command, text, 7, 0};
}

std::string verdict(const Piece& piece, const Allowed& allowed = {}) {
  const auto judged = judge(piece, allowed);
  if (judged) return "";
  EXPECT_NE(judged.error().what.find("line 7"), std::string::npos);
  EXPECT_EQ(number_fact(judged.error().facts, "line"), 7);
  EXPECT_EQ(judged.error().exit, ExitCode::security);
  return judged.error().id;
}

TEST(Policy, FourMetaCommandsAreOurs) {
  for (const char* line : {"\\restrict aBc123", "\\unrestrict aBc123", "\\connect shop", "\\encoding UTF8",
                           "\\connect -reuse-previous=on \"dbname='a b'\""}) {
    EXPECT_EQ(verdict(meta(line)), "") << line;
  }
  Allowed allowed;
  allowed.meta_commands = true;
  for (const char* line :
       {"\\! touch marker", "\\copy t from program 'id'", "\\o |id", "\\i file", "\\ir file", "\\gexec",
        "\\set x `id`", "\\restrict a \\! id", "\\restrict", "\\encoding `id`", "\\."}) {
    EXPECT_EQ(verdict(meta(line)), "dump.meta_command_refused") << line;
    EXPECT_EQ(verdict(meta(line), allowed), "") << line;
  }
  // What follows would go to another place than the dump says.
  EXPECT_EQ(verdict(meta("\\connect \"host=evil dbname=a\""), allowed), "dump.meta_command_refused");
}

TEST(Policy, EveryPermissionAlone) {
  struct Case {
    const char* text;
    bool Allowed::*permission;
  };
  const Case cases[] = {
      {"COPY t FROM PROGRAM 'id'", &Allowed::program},
      {"copy t (a, b) to program $$id$$", &Allowed::program},
      {"COPY (SELECT 1) TO '/tmp/x'", &Allowed::program},
      {"COPY \"from\" FROM '/etc/passwd'", &Allowed::program},
      {"COPY/**/t FROM E'/etc/passwd'", &Allowed::program},
      {"COPY BINARY t FROM stdin", &Allowed::program},
      {"COPY (SELECT pg_read_file('x')) TO stdout", &Allowed::program},
      {"SELECT lo_import('/etc/passwd')", &Allowed::program},
      {"select \"pg_catalog\" . U&\"pg_read\\005Ffile\" ('x')", &Allowed::program},
      {"INSERT INTO t VALUES (pg_ls_dir('.'))", &Allowed::program},
      {"CREATE TABLE t AS SELECT pg_read_binary_file ('x')", &Allowed::program},
      {"CREATE MATERIALIZED VIEW v AS SELECT pg_stat_file('x')", &Allowed::program},
      {"ALTER TABLE t ALTER a TYPE text USING pg_read_file(a)", &Allowed::program},
      {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS case; END; COPY t FROM PROGRAM 'id'; SELECT "
       "1 AS end",
       &Allowed::program},
      {"SELECT 'a\\'; COPY t FROM PROGRAM $$id$$; --'", &Allowed::program},
      {"SELECT E'a\\'', '\\'';COPY t FROM PROGRAM $$id$$;--'", &Allowed::program},
      {"ALTER SYSTEM SET archive_command = 'id'", &Allowed::alter_system},
      {"alter/* x */system reset all", &Allowed::alter_system},
      {"LOAD 'evil'", &Allowed::language_c},
      {"CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/evil', 'f'", &Allowed::language_c},
      {"CREATE OR REPLACE FUNCTION f(a text DEFAULT 'language sql') RETURNS int AS 'evil', 'f' LANGUAGE 'C'",
       &Allowed::language_c},
      {"CREATE PROCEDURE p() LANGUAGE \"c\" AS 'evil'", &Allowed::language_c},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(verdict(statement(each.text)), "dump.statement_refused") << each.text;
    Allowed one;
    one.*each.permission = true;
    EXPECT_EQ(verdict(statement(each.text), one), "") << each.text;
    Allowed others{true, true, true, true, {}};
    others.*each.permission = false;
    EXPECT_EQ(verdict(statement(each.text), others), "dump.statement_refused") << each.text;
  }
}

TEST(Policy, KnownExtensions) {
  const char* const old_postgis =
      "CREATE FUNCTION a() RETURNS int AS '$libdir/postgis-2.5', 'a' LANGUAGE c IMMUTABLE";
  Allowed allowed;
  EXPECT_EQ(verdict(statement(old_postgis)), "dump.statement_refused");
  EXPECT_EQ(verdict(statement("CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public")), "");
  allowed.known_extensions = {"postgis"};
  EXPECT_EQ(verdict(statement(old_postgis), allowed), "");
  EXPECT_EQ(verdict(statement("CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public"), allowed), "");
  EXPECT_EQ(verdict(statement("CREATE EXTENSION hstore"), allowed), "dump.statement_refused");
  EXPECT_EQ(verdict(statement("CREATE FUNCTION a() RETURNS int AS '/tmp/postgis', 'a' LANGUAGE c"), allowed),
            "dump.statement_refused");
}

TEST(Policy, WhatDumpsHoldPasses) {
  for (const char* text :
       {"COPY public.t (a) FROM stdin", "COPY t TO stdout", "SET search_path = ''",
        "CREATE TABLE t (program text, \"load\" int)", "INSERT INTO t VALUES ('COPY t FROM PROGRAM')",
        "GRANT ALL ON FUNCTION pg_catalog.pg_read_file(text) TO backup",
        "COMMENT ON FUNCTION pg_read_file(text) IS 'x'", "CREATE VIEW v AS SELECT pg_read_file('x')",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ begin copy t from program 'id'; end $$",
        "CREATE FUNCTION f(c text) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "INSERT INTO t VALUES ('it\\'s; ok')", "SELECT pg_catalog.lo_create('16400')",
        "SELECT pg_catalog.setval('public.s', 1, true)", "ALTER ROLE a SET work_mem TO '1MB'",
        "DO $$ begin end $$"}) {
    EXPECT_EQ(verdict(statement(text)), "") << text;
  }
  EXPECT_EQ(verdict({PieceKind::copy_rows, "\\! id\nALTER SYSTEM\n", 1, 0}), "");
}

TEST(Policy, WhatTheReportMentions) {
  EXPECT_EQ(noteworthy(statement("DO $$ begin end $$")), "a DO block");
  EXPECT_EQ(noteworthy(statement("CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()")),
            "an event trigger");
  EXPECT_EQ(noteworthy(statement("CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS 'x'")),
            "a function in plpython3u");
  EXPECT_EQ(noteworthy(statement("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'x'")), "");
  EXPECT_EQ(noteworthy(meta("\\connect a")), "");
}

TEST(Policy, WhatWasAllowedIsSaid) {
  Allowed allowed;
  allowed.meta_commands = allowed.program = true;
  EXPECT_EQ(judge(meta("\\! id"), allowed).value(), "\\! was passed over, not run");
  EXPECT_EQ(judge(meta("\\connect a"), allowed).value(), "");
  EXPECT_EQ(judge(statement("COPY t FROM PROGRAM 'id'"), allowed).value(),
            "COPY starts a program on the server");
  EXPECT_EQ(judge(statement("SELECT 1"), allowed).value(), "");
}

}  // namespace
}  // namespace recover::postgresql::dump
