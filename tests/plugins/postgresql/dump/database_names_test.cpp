// Names of databases in statements, and the names that a run makes of them.
#include "postgresql/dump/database_names.hpp"
#include "postgresql/dump/statement.hpp"

#include "postgresql/connection_failure.hpp"
#include "postgresql/load/names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace recover::postgresql::dump {
namespace {

std::string renamed(const std::string& sql) {
  return with_database_names(sql, [](const std::string& name) { return name + "__new"; });
}

TEST(DatabaseNames, AreReplacedWhereverADumpSpellsThem) {
  EXPECT_EQ(renamed("CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8'"),
            "CREATE DATABASE shop__new WITH TEMPLATE = template0 ENCODING = 'UTF8'");
  EXPECT_EQ(renamed("ALTER DATABASE \"My Shop\" OWNER TO shop"),
            "ALTER DATABASE \"My Shop__new\" OWNER TO shop");
  EXPECT_EQ(renamed("DROP DATABASE IF EXISTS shop"), "DROP DATABASE IF EXISTS shop__new");
  EXPECT_EQ(renamed("COMMENT ON DATABASE shop IS 'DATABASE shop'"),
            "COMMENT ON DATABASE shop__new IS 'DATABASE shop'");
  EXPECT_EQ(renamed("GRANT CONNECT,TEMPORARY ON DATABASE shop, crm TO shop"),
            "GRANT CONNECT,TEMPORARY ON DATABASE shop__new, crm__new TO shop");
  EXPECT_EQ(renamed("REVOKE ALL ON DATABASE shop FROM PUBLIC"),
            "REVOKE ALL ON DATABASE shop__new FROM PUBLIC");
  EXPECT_EQ(renamed("ALTER ROLE shop IN DATABASE shop SET search_path TO 'shop'"),
            "ALTER ROLE shop IN DATABASE shop__new SET search_path TO 'shop'");
  EXPECT_EQ(renamed("SECURITY LABEL FOR dummy ON DATABASE shop IS 'x'"),
            "SECURITY LABEL FOR dummy ON DATABASE shop__new IS 'x'");
  EXPECT_EQ(renamed("UPDATE pg_catalog.pg_database SET datistemplate = 't' WHERE datname = 'it''s'"),
            "UPDATE pg_catalog.pg_database SET datistemplate = 't' WHERE datname = 'it''s__new'");
}

TEST(DatabaseNames, OtherStatementsStayAsTheyAre) {
  for (const std::string sql :
       {"CREATE TABLE database (shop text)", "GRANT SELECT ON TABLE shop TO database",
        "ALTER ROLE shop SET search_path TO 'in database shop'", "UPDATE shop SET datname = 'x'",
        "COMMENT ON TABLE shop IS 'ON DATABASE shop'", "INSERT INTO t VALUES ('CREATE DATABASE shop')"}) {
    EXPECT_EQ(renamed(sql), sql);
    EXPECT_FALSE(database_named(sql)) << sql;
  }
}

TEST(SequenceState, IsWhatTheServerPrints) {
  EXPECT_EQ(sequence_state("SELECT pg_catalog.setval('public.s', 42, true)"), "42|t");
  EXPECT_EQ(sequence_state("SELECT pg_catalog.setval('\"My\".\"s\"', -7, false)"), "-7|f");
  EXPECT_EQ(sequence_state("SELECT setval('s', 5)"), "5|t");
  EXPECT_EQ(sequence_state("SELECT pg_catalog.set_config('search_path', '', false)"), std::nullopt);
  EXPECT_EQ(sequence_state("SELECT setval('s', (SELECT max(id) FROM t))"), std::nullopt);
}

}  // namespace
}  // namespace recover::postgresql::dump

namespace recover::postgresql {
namespace {

constexpr const char* run = "01KAZ5Q0C8Q9ZJ3W3N6V2T1XYA";

TEST(BesideNames, FitTheServersLimitAndStayApart) {
  EXPECT_EQ(load::beside_name("shop", "new", run), "shop__new_01kaz5q0c8q9zj3w3n6v2t1xya");
  const std::string one = load::beside_name(std::string(62, 'a') + "1", "new", run);
  const std::string other = load::beside_name(std::string(62, 'a') + "2", "new", run);
  EXPECT_LE(one.size(), 63U);
  EXPECT_NE(one, other);
  EXPECT_TRUE(one.ends_with(load::beside_name("", "new", run))) << one;
  EXPECT_NE(one, load::beside_name(std::string(62, 'a') + "1", "old", run));
}

TEST(BesideNames, NeverEndInHalfACharacter) {
  std::string name;
  while (name.size() < 62) name += "\xc3\xa9";
  const std::string beside = load::beside_name(name, "new", run);
  const std::size_t cut = beside.find('_');
  ASSERT_NE(cut, std::string::npos);
  EXPECT_EQ(cut % 2, 0U) << beside;
}

TEST(ConnectionFailures, EachHasItsOwnWayOut) {
  const std::string refused =
      "connection to server at \"h\", port 5432 failed: FATAL:  28P01: password authentication failed for "
      "user \"a\"\nLOCATION:  auth_failed, auth.c:335\n";
  const Error error = connection_failure("database x", refused);
  EXPECT_EQ(error.id, "postgresql.password_refused");
  EXPECT_EQ(text_fact(error.facts, "sqlstate"), "28P01");
  EXPECT_EQ(
      error.cause,
      "connection to server at \"h\", port 5432 failed: FATAL:  password authentication failed for user "
      "\"a\"");
  EXPECT_EQ(connection_failure("x", "FATAL:  28000: no pg_hba.conf entry for host").id,
            "postgresql.access_refused");
  EXPECT_EQ(connection_failure("x", "failed: No such file or directory\n\tIs the server running").id,
            "postgresql.server_unreachable");
  EXPECT_EQ(connection_failure("x", "failed: server does not support SSL, but SSL was required").id,
            "postgresql.tls_failed");
  EXPECT_EQ(connection_failure("x", "FATAL:  57P03: the database system is starting up").id,
            "postgresql.connection_failed");
}

}  // namespace
}  // namespace recover::postgresql
