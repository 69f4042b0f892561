// What statements of dumps are taken for. The texts are what pg_dump and pg_dumpall 9.2 to 18 write.
#include "postgresql/dump/statement.hpp"

#include "postgresql/dump/tokens.hpp"

#include <gtest/gtest.h>

namespace recover::postgresql::dump {
namespace {

using Names = std::vector<std::string>;
using Kind = StatementKind;

TEST(Statement, KindsAndNames) {
  struct Case {
    const char* text;
    Kind kind;
    const char* object;
    const char* name;
  };
  const Case cases[] = {
      {"SET statement_timeout = 0", Kind::setting, "", ""},
      {"SELECT pg_catalog.set_config('search_path', '', false)", Kind::setting, "", ""},
      {"SET LOCAL search_path = a", Kind::transaction, "", ""},
      {"BEGIN", Kind::transaction, "", ""},
      {"CREATE DATABASE \"My-DB 1\" WITH TEMPLATE = template0", Kind::create_database, "", "My-DB 1"},
      {"ALTER DATABASE shop OWNER TO app", Kind::alter_database, "", "shop"},
      {"DROP DATABASE IF EXISTS shop", Kind::drop_database, "", "shop"},
      {"CREATE ROLE \"App\"", Kind::create_role, "", "App"},
      {"CREATE USER MAPPING FOR a SERVER s", Kind::create_other, "", ""},
      {"ALTER ROLE app IN DATABASE shop SET search_path TO 'app', 'public'", Kind::role_property, "", "app"},
      {"CREATE TABLESPACE fast OWNER a LOCATION '/x'", Kind::create_tablespace, "", "fast"},
      {"CREATE TABLE public.orders (\n id integer\n)", Kind::create_table, "public.orders", ""},
      {"CREATE UNLOGGED TABLE IF NOT EXISTS \"S\".\"user\" (a int)", Kind::create_table, "\"S\".\"user\"",
       ""},
      {"CREATE VIEW public.v AS SELECT 1", Kind::create_other, "public.v", ""},
      {"CREATE SCHEMA app", Kind::create_other, "", ""},
      {"COPY public.\"user\" (id, \"Na\"\"me\") FROM stdin", Kind::copy, "public.\"user\"", ""},
      {"INSERT INTO public.t VALUES (1, 'a')", Kind::insert, "public.t", ""},
      {"CREATE UNIQUE INDEX i ON ONLY public.t USING btree (a)", Kind::create_index, "public.t", "i"},
      {"ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (id)", Kind::add_constraint,
       "public.t", "t_pkey"},
      {"ALTER TABLE ONLY public.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.u(id) ON DELETE CASCADE",
       Kind::add_foreign_key, "public.t", "f"},
      {"ALTER TABLE ONLY public.p ATTACH PARTITION public.p1 FOR VALUES FROM (0) TO (1)",
       Kind::attach_partition, "public.p", ""},
      {"SELECT pg_catalog.setval('public.\"Odd seq\"', 42, true)", Kind::setval, "public.\"Odd seq\"", ""},
      {"COMMENT ON COLUMN public.t.a IS 'x'", Kind::comment, "public.t", ""},
      {"ALTER TABLE public.t OWNER TO app", Kind::owner, "public.t", ""},
      {"ALTER FUNCTION public.f(a int) OWNER TO app", Kind::owner, "", ""},
      {"GRANT SELECT ON TABLE public.t TO ro", Kind::privileges, "public.t", ""},
      {"ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b", Kind::privileges, "", ""},
      {"REFRESH MATERIALIZED VIEW public.m", Kind::refresh, "public.m", ""},
      {"SELECT pg_catalog.lo_open('16400', 131072)", Kind::large_object, "", ""},
      {"SELECT 1", Kind::select_other, "", ""},
      {"DO $$ BEGIN END $$", Kind::other, "", ""},
      {"", Kind::other, "", ""},
  };
  for (const Case& each : cases) {
    const Statement statement = describe(each.text);
    EXPECT_EQ(statement.kind, each.kind) << each.text;
    EXPECT_EQ(statement.object, each.object) << each.text;
    EXPECT_EQ(statement.name, each.name) << each.text;
  }
}

TEST(Statement, Footprints) {
  struct Case {
    const char* text;
    Names exclusive;
    Names shared;
  };
  const Case cases[] = {
      {"CREATE INDEX i ON public.t USING btree (a)", {"public.i"}, {"public.t"}},
      {"CREATE INDEX ON public.t (a)", {"public.t"}, {}},
      {"CREATE INDEX \"I x\" ON \"a.b\".t (a)", {"\"a.b\".\"I x\""}, {"\"a.b\".t"}},
      {"ALTER TABLE ONLY a.t ADD CONSTRAINT c UNIQUE (x, y)", {"a.t", "a.c"}, {}},
      {"ALTER TABLE a.t ADD CONSTRAINT c PRIMARY KEY USING INDEX i", {"a.t", "a.c", "a.i"}, {}},
      {"ALTER TABLE a.t ADD CONSTRAINT c FOREIGN KEY (x) REFERENCES b.u(y) NOT VALID", {"a.t", "b.u"}, {}},
      {"ALTER TABLE a.t ADD CONSTRAINT c FOREIGN KEY (x) REFERENCES a.t(y)", {"a.t"}, {}},
      {"ALTER INDEX a.i ATTACH PARTITION a.j", {"a.i", "a.j"}, {}},
      {"ALTER TABLE a.t CLUSTER ON i", {"a.t"}, {}},
      {"ALTER TABLE ONLY a.t REPLICA IDENTITY FULL", {"a.t"}, {}},
      {"ALTER TABLE a.t ENABLE ROW LEVEL SECURITY", {"a.t"}, {}},
      {"ALTER TABLE ONLY a.t ALTER COLUMN x SET DEFAULT nextval('a.s'::regclass)", {"a.t"}, {}},
      {"CREATE TRIGGER tr BEFORE INSERT ON a.t FOR EACH ROW EXECUTE FUNCTION a.f()", {"a.t"}, {}},
      {"CREATE CONSTRAINT TRIGGER tr AFTER UPDATE ON a.t FROM a.u FOR EACH ROW EXECUTE FUNCTION f()",
       {"a.t", "a.u"},
       {}},
      {"CREATE POLICY p ON a.t USING (true)", {"a.t"}, {}},
      {"CREATE RULE r AS ON INSERT TO a.t DO INSTEAD NOTHING", {"a.t"}, {}},
      {"CREATE STATISTICS a.s ON x, y FROM a.t", {"a.s", "a.t"}, {}},
      {"COMMENT ON INDEX a.i IS 'x'", {"a.i"}, {}},
      {"COMMENT ON CONSTRAINT c ON a.t IS 'x'", {"a.t", "a.c"}, {}},
      {"COPY a.t (x) FROM stdin", {"a.t"}, {}},
      {"INSERT INTO a.t (x, y) OVERRIDING SYSTEM VALUE VALUES (1, 2)", {"a.t"}, {}},
      {"SELECT pg_catalog.setval('a.s', 1, false)", {"a.s"}, {}},
      {"REVOKE ALL ON SEQUENCE a.s FROM PUBLIC", {"a.s"}, {}},
  };
  for (const Case& each : cases) {
    const Footprint footprint = describe(each.text).footprint;
    EXPECT_FALSE(footprint.everything) << each.text;
    EXPECT_EQ(footprint.exclusive, each.exclusive) << each.text;
    EXPECT_EQ(footprint.shared, each.shared) << each.text;
  }
}

TEST(Statement, WhatIsNotUnderstoodNeedsEverything) {
  for (const char* text :
       {"CREATE TABLE a.t (x int)", "INSERT INTO a.t SELECT * FROM a.u", "ALTER TABLE a.t ADD COLUMN x int",
        "ALTER TABLE a.t ADD CONSTRAINT c UNIQUE (x), ADD CONSTRAINT d FOREIGN KEY (x) REFERENCES a.u(y)",
        "ALTER TABLE a.t ALTER COLUMN x TYPE int USING f(x)", "CREATE INDEX CONCURRENTLY i ON a.t (x)",
        "COPY (SELECT 1) TO stdout", "COPY a.t FROM '/file'", "VACUUM", "REFRESH MATERIALIZED VIEW a.m",
        "GRANT SELECT ON TABLE a.t, a.u TO b", "CREATE INDEX i", "ALTER TABLE", "SELECT f()",
        "CREATE TRIGGER"}) {
    EXPECT_TRUE(describe(text).footprint.everything) << text;
  }
}

TEST(Statement, StatesOfTriggersReachPartitions) {
  for (const char* text : {"ALTER TABLE a DISABLE TRIGGER t", "ALTER TABLE a ENABLE ALWAYS TRIGGER t",
                           "ALTER TABLE a ENABLE REPLICA TRIGGER t"}) {
    EXPECT_TRUE(describe(text, "").footprint.everything) << text;
  }
  for (const char* text : {"ALTER TABLE a ENABLE ROW LEVEL SECURITY", "ALTER TABLE a DISABLE RULE r",
                           "ALTER TABLE a NO FORCE ROW LEVEL SECURITY"}) {
    EXPECT_FALSE(describe(text, "").footprint.everything) << text;
  }
}

TEST(Statement, WhatTiesRowsOfTablesTogether) {
  for (const char* text :
       {"ALTER TABLE ONLY a ADD CONSTRAINT x FOREIGN KEY (i) REFERENCES b(i)",
        "CREATE TABLE a (i int REFERENCES b)", "CREATE TABLE a (i int, FOREIGN KEY (i) REFERENCES b)",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE RULE r AS ON INSERT TO a DO ALSO DELETE FROM b"}) {
    EXPECT_TRUE(describe(text, "").links_tables) << text;
  }
  for (const char* text : {"CREATE TABLE a (i int PRIMARY KEY, t text DEFAULT 'references')",
                           "ALTER TABLE a ADD CONSTRAINT x PRIMARY KEY (i)", "GRANT REFERENCES ON a TO b"}) {
    EXPECT_FALSE(describe(text, "").links_tables) << text;
  }
}

TEST(Statement, WhatMayOverlap) {
  const auto overlap = [](const char* one, const char* other) {
    const bool answer = may_overlap(describe(one).footprint, describe(other).footprint);
    EXPECT_EQ(answer, may_overlap(describe(other).footprint, describe(one).footprint));
    return answer;
  };
  EXPECT_TRUE(overlap("CREATE INDEX i ON a.t (x)", "CREATE INDEX j ON a.t (y)"));
  EXPECT_FALSE(overlap("CREATE INDEX i ON a.t (x)", "ALTER TABLE a.t ADD CONSTRAINT c PRIMARY KEY (x)"));
  EXPECT_FALSE(overlap("CREATE INDEX i ON a.t (x)", "COMMENT ON INDEX a.i IS 'x'"));
  EXPECT_TRUE(overlap("COPY a.t FROM stdin", "COPY a.u FROM stdin"));
  EXPECT_FALSE(overlap("COPY a.t FROM stdin", "CREATE INDEX i ON a.t (x)"));
  EXPECT_FALSE(overlap("ALTER TABLE a.t ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES a.u(y)",
                       "ALTER TABLE a.u ADD CONSTRAINT g FOREIGN KEY (x) REFERENCES a.v(y)"));
  EXPECT_FALSE(overlap("VACUUM", "COPY a.u FROM stdin"));
  // Different spellings of one name are one name.
  EXPECT_FALSE(overlap("COPY A.\"t\" FROM stdin", "COPY a.T FROM stdin"));
  EXPECT_FALSE(overlap("COPY U&\"\\0061\".t FROM stdin", "COPY a.t FROM stdin"));
}

TEST(Statement, Copy) {
  const Statement copy = describe("COPY public.t (a, \"B c\", \"user\") FROM stdin");
  EXPECT_EQ(copy.columns, (Names{"a", "B c", "user"}));
  EXPECT_TRUE(copy.reads_rows);
  EXPECT_TRUE(copy.freeze_possible);
  EXPECT_FALSE(describe("COPY t FROM stdin WITH (FORMAT csv)").freeze_possible);
  EXPECT_TRUE(describe("COPY t FROM stdin WITH (FORMAT 'csv')").is_csv);
  EXPECT_TRUE(describe("COPY t FROM stdin CSV HEADER").is_csv);
  EXPECT_FALSE(describe("COPY t FROM stdin WITH (NULL 'csv')").is_csv);
  EXPECT_TRUE(describe("copy t with oids from stdin using delimiters '|'").reads_rows);
  EXPECT_TRUE(describe("COPY BINARY t FROM stdin").is_binary);
  EXPECT_TRUE(describe("COPY t FROM STDOUT").reads_rows);
  EXPECT_FALSE(describe("COPY t TO stdin").reads_rows);
  EXPECT_FALSE(describe("COPY t FROM PROGRAM 'stdin'").reads_rows);
  EXPECT_EQ(copy_with_freeze("COPY t FROM stdin -- x"), "COPY t FROM stdin -- x\nWITH (FREEZE)");
}

TEST(Statement, NamesWithoutASchemaGetTheOneOfTheSession) {
  EXPECT_EQ(describe("COPY t FROM stdin", "app").object, "app.t");
  EXPECT_EQ(describe("COPY \"a.b\" FROM stdin", "app").object, "app.\"a.b\"");
  EXPECT_EQ(describe("COPY x.t FROM stdin", "app").object, "x.t");
  EXPECT_EQ(describe("CREATE INDEX i ON t (a)", "app").footprint.exclusive, (Names{"app.i"}));
  EXPECT_EQ(describe("SELECT setval('s', 1)", "app").object, "app.s");
  EXPECT_EQ(describe("COMMENT ON COLUMN t.a IS 'x'", "app").object, "app.t");
}

TEST(Session, SettingsAsSetConfigTakesThem) {
  struct Case {
    const char* text;
    const char* name;
    const char* value;
  };
  const Case cases[] = {
      {"SET statement_timeout = 0", "statement_timeout", "'0'"},
      {"SET client_encoding = 'UTF8'", "client_encoding", "'UTF8'"},
      {"SET standard_conforming_strings = on", "standard_conforming_strings", "'on'"},
      {"SET search_path = public, pg_catalog", "search_path", "'public, pg_catalog'"},
      {"SET search_path TO \"My app\", 'b'", "search_path", "'\"My app\", b'"},
      {"SET DateStyle TO ISO, MDY", "datestyle", "'iso, mdy'"},
      {"SET default_tablespace = ''", "default_tablespace", "''"},
      {"SET SESSION extra_float_digits = -1", "extra_float_digits", "'-1'"},
      {"SET SESSION AUTHORIZATION 'app'", "session_authorization", "'app'"},
      {"SET SESSION AUTHORIZATION DEFAULT", "session_authorization", "DEFAULT"},
      {"SET TIME ZONE 'UTC'", "timezone", "'UTC'"},
      {"SET ROLE \"App\"", "role", "'App'"},
      {"SET app.user = 'o''x\\y'", "app.user", "E'o''x\\\\y'"},
      {"RESET search_path", "search_path", "DEFAULT"},
      {"SELECT pg_catalog.set_config('search_path', '', false)", "search_path", "''"},
      {"SELECT set_config('Search_Path', 'a, b', false)", "search_path", "'a, b'"},
  };
  for (const Case& each : cases) {
    const auto change = setting(each.text);
    ASSERT_TRUE(change) << each.text;
    EXPECT_EQ(change->first, each.name) << each.text;
    EXPECT_EQ(change->second, each.value) << each.text;
  }
  for (const char* text :
       {"SET LOCAL a = b", "SET CONSTRAINTS ALL DEFERRED", "RESET ALL", "SELECT 1",
        "SELECT set_config('a', f(), false)", "SELECT set_config('a', 'b', true)", "SET a"}) {
    EXPECT_FALSE(setting(text)) << text;
  }
}

TEST(Session, ConnectTargets) {
  EXPECT_EQ(connect_target("\\connect shop"), "shop");
  EXPECT_EQ(connect_target("\\connect MyDb"), "MyDb");
  EXPECT_EQ(connect_target("\\c \"My-DB 1\""), "My-DB 1");
  EXPECT_EQ(connect_target("\\connect \"a\"\"b\""), "a\"b");
  EXPECT_EQ(connect_target("\\connect -reuse-previous=on \"dbname='My-DB 1'\""), "My-DB 1");
  EXPECT_EQ(connect_target("\\connect -reuse-previous=on \"dbname='a\"\"b; drop -- x'\""), "a\"b; drop -- x");
  EXPECT_EQ(connect_target("\\connect -reuse-previous=on \"dbname='o\\'x\\\\y'\""), "o'x\\y");
  for (const char* line :
       {"\\connect", "\\connect shop app", "\\connect - app", "\\connect host=evil",
        "\\connect \"host=evil\"", "\\connect postgres://evil/a",
        "\\connect -reuse-previous=on \"dbname='a' host='evil'\"",
        "\\connect -reuse-previous=on \"host='evil'\"", "\\connect `id`", "\\connect :x",
        "\\connect a \\! id", "\\connect \"a\" \"b\"", "\\conninfo", "\\copy a", "\\connect 'a'"}) {
    EXPECT_EQ(connect_target(line), "") << line;
  }
}

TEST(Session, TablespacesMove) {
  EXPECT_EQ(rewrite_tablespace_location("CREATE TABLESPACE a OWNER b LOCATION '/old'", "/new/it's"),
            "CREATE TABLESPACE a OWNER b LOCATION '/new/it''s'");
  EXPECT_EQ(rewrite_tablespace_location("CREATE TABLESPACE a LOCATION E'/o\\'ld' WITH (x=1)", "/n"),
            "CREATE TABLESPACE a LOCATION '/n' WITH (x=1)");
}

TEST(Names, AreQuotedWhereNeeded) {
  EXPECT_EQ(quoted_where_needed("orders_1"), "orders_1");
  EXPECT_EQ(quoted_where_needed("user"), "\"user\"");
  EXPECT_EQ(quoted_where_needed("1a"), "\"1a\"");
  EXPECT_EQ(quoted_where_needed("A"), "\"A\"");
  EXPECT_EQ(quoted_where_needed(""), "\"\"");
  EXPECT_EQ(quoted_where_needed("a\"b"), "\"a\"\"b\"");
}

}  // namespace
}  // namespace recover::postgresql::dump
