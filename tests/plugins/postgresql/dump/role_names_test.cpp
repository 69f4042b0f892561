// Roles in statements: renamed, and owners left out.
#include "postgresql/dump/role_names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace recover::postgresql::dump {
namespace {

std::string mapped(const std::string& sql) {
  return with_role_names(sql, [](const std::string& role) {
    if (role == "bob") return std::string("Robert");
    return role == "Al Ice" ? std::string("alice") : role;
  });
}

TEST(RoleNames, AreReplacedWhereverADumpSpellsThem) {
  EXPECT_EQ(mapped("CREATE ROLE bob"), "CREATE ROLE \"Robert\"");
  EXPECT_EQ(mapped("ALTER ROLE \"Al Ice\" WITH LOGIN PASSWORD 'bob'"),
            "ALTER ROLE alice WITH LOGIN PASSWORD 'bob'");
  EXPECT_EQ(mapped("ALTER ROLE bob IN DATABASE bob SET work_mem TO '1MB'"),
            "ALTER ROLE \"Robert\" IN DATABASE bob SET work_mem TO '1MB'");
  EXPECT_EQ(mapped("DROP ROLE IF EXISTS bob"), "DROP ROLE IF EXISTS \"Robert\"");
  EXPECT_EQ(mapped("COMMENT ON ROLE bob IS 'bob'"), "COMMENT ON ROLE \"Robert\" IS 'bob'");
  EXPECT_EQ(mapped("ALTER TABLE public.bob OWNER TO bob"), "ALTER TABLE public.bob OWNER TO \"Robert\"");
  EXPECT_EQ(mapped("ALTER FUNCTION public.f(bob integer) OWNER TO \"Al Ice\""),
            "ALTER FUNCTION public.f(bob integer) OWNER TO alice");
  EXPECT_EQ(mapped("ALTER DATABASE bob OWNER TO bob"), "ALTER DATABASE bob OWNER TO \"Robert\"");
  EXPECT_EQ(mapped("CREATE DATABASE bob WITH TEMPLATE = template0 OWNER = bob ENCODING = 'UTF8'"),
            "CREATE DATABASE bob WITH TEMPLATE = template0 OWNER = \"Robert\" ENCODING = 'UTF8'");
  EXPECT_EQ(mapped("CREATE TABLESPACE bob OWNER bob LOCATION '/bob'"),
            "CREATE TABLESPACE bob OWNER \"Robert\" LOCATION '/bob'");
  EXPECT_EQ(mapped("CREATE SCHEMA AUTHORIZATION bob"), "CREATE SCHEMA bob AUTHORIZATION \"Robert\"");
  EXPECT_EQ(mapped("SET SESSION AUTHORIZATION 'bob'"), "SET SESSION AUTHORIZATION 'Robert'");
  EXPECT_EQ(mapped("CREATE USER MAPPING FOR bob SERVER bob OPTIONS (\"user\" 'bob')"),
            "CREATE USER MAPPING FOR \"Robert\" SERVER bob OPTIONS (\"user\" 'bob')");
  EXPECT_EQ(mapped("CREATE POLICY bob ON public.t FOR SELECT TO bob, PUBLIC USING ((bob = 1))"),
            "CREATE POLICY bob ON public.t FOR SELECT TO \"Robert\", PUBLIC USING ((bob = 1))");
}

TEST(RoleNames, AreReplacedInPrivilegesAndMemberships) {
  EXPECT_EQ(mapped("GRANT SELECT(bob),INSERT ON TABLE public.bob TO bob, \"Al Ice\" WITH GRANT OPTION"),
            "GRANT SELECT(bob),INSERT ON TABLE public.bob TO \"Robert\", alice WITH GRANT OPTION");
  EXPECT_EQ(mapped("REVOKE ALL ON SCHEMA bob FROM bob"), "REVOKE ALL ON SCHEMA bob FROM \"Robert\"");
  EXPECT_EQ(mapped("GRANT bob TO carol WITH INHERIT TRUE GRANTED BY \"Al Ice\""),
            "GRANT \"Robert\" TO carol WITH INHERIT TRUE GRANTED BY alice");
  EXPECT_EQ(
      mapped("ALTER DEFAULT PRIVILEGES FOR ROLE bob IN SCHEMA bob GRANT SELECT ON TABLES TO \"Al Ice\""),
      "ALTER DEFAULT PRIVILEGES FOR ROLE \"Robert\" IN SCHEMA bob GRANT SELECT ON TABLES TO alice");
}

TEST(RoleNames, NobodyBecomesAMemberOfItself) {
  EXPECT_EQ(with_role_names("GRANT a TO b", [](const std::string&) { return std::string("c"); }), "");
}

TEST(RoleNames, OtherStatementsStayAsTheyAre) {
  for (const std::string sql :
       {"CREATE TABLE bob (owner text)", "ALTER TABLE t RENAME COLUMN owner TO bob_owner",
        "INSERT INTO bob VALUES ('GRANT bob TO bob')", "COMMENT ON TABLE bob IS 'OWNER TO bob'",
        "SET search_path TO bob", "ALTER ROLE ALL SET work_mem TO '1MB'",
        "SET SESSION AUTHORIZATION DEFAULT"}) {
    EXPECT_EQ(mapped(sql), sql);
    EXPECT_EQ(without_owner(sql), sql);
    EXPECT_FALSE(owner_named(sql)) << sql;
  }
}

TEST(RoleNames, OfRolesThemselves) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(roles_described("GRANT staff, \"Al Ice\" TO bob WITH ADMIN OPTION"),
            (Names{"staff", "Al Ice", "bob"}));
  EXPECT_EQ(roles_described("COMMENT ON ROLE bob IS 'x'"), Names{"bob"});
  EXPECT_EQ(roles_described("GRANT SELECT ON TABLE t TO bob"), Names{});
  EXPECT_EQ(roles_described("COMMENT ON TABLE bob IS 'x'"), Names{});
}

TEST(Owners, AreLeftOut) {
  EXPECT_EQ(without_owner("ALTER TABLE public.t OWNER TO bob"), "");
  EXPECT_EQ(owner_named("ALTER TABLE public.t OWNER TO bob"), "bob");
  EXPECT_EQ(without_owner("SET SESSION AUTHORIZATION 'bob'"), "");
  EXPECT_EQ(without_owner("CREATE SCHEMA s AUTHORIZATION bob"), "CREATE SCHEMA s ");
  EXPECT_EQ(without_owner("CREATE SCHEMA AUTHORIZATION bob"), "CREATE SCHEMA bob");
  EXPECT_EQ(without_owner("CREATE DATABASE d WITH TEMPLATE = template0 OWNER = bob ENCODING = 'UTF8'"),
            "CREATE DATABASE d WITH TEMPLATE = template0  ENCODING = 'UTF8'");
  EXPECT_EQ(without_owner("GRANT SELECT ON TABLE t TO bob"), "GRANT SELECT ON TABLE t TO bob");
}

}  // namespace
}  // namespace recover::postgresql::dump
