// Databases of a dump under other names: what has the old name stays as it is, everything that names the
// database follows, and what cannot be done is refused before anything happens.
#include "tests/support/dumping.hpp"
#include "tests/support/running_server.hpp"

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// What pg_dumpall writes of two databases, with everything that spells a database's name.
constexpr const char* two_databases =
    "CREATE ROLE app;\nALTER ROLE app WITH NOLOGIN;\n\\connect template1\n"
    "CREATE DATABASE crm WITH TEMPLATE = template0 ENCODING = 'UTF8';\n\\connect crm\n"
    "CREATE TABLE public.clients (id integer);\nCOPY public.clients (id) FROM stdin;\n7\n\\.\n"
    "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';\nALTER DATABASE shop OWNER TO app;\n"
    "\\connect shop\nCOMMENT ON DATABASE shop IS 'all orders';\n"
    "ALTER DATABASE shop SET work_mem TO '17MB';\n"
    "ALTER ROLE app IN DATABASE shop SET statement_timeout TO '33s';\n"
    "REVOKE CONNECT ON DATABASE shop FROM PUBLIC;\nGRANT CREATE ON DATABASE shop TO app;\n"
    "CREATE TABLE public.orders (id integer, what text);\n"
    "COPY public.orders (id, what) FROM stdin;\n1\tnew\n2\tnew\n\\.\n\\connect postgres\n";

class DumpNames : public IntoRunningServer {
 protected:
  void make_old_shop() const {
    tell("CREATE DATABASE shop");
    tell("CREATE TABLE orders AS SELECT 1 AS id, 'old'::text AS what", "shop");
  }
  /// What every refusal leaves.
  void expect_untouched(const Answer& answer) const {
    EXPECT_EQ(names(), "postgres shop") << answer.told();
    EXPECT_EQ(asked("SELECT what FROM orders", "shop"), "old");
    EXPECT_EQ(asked("SELECT count(*) FROM pg_roles WHERE rolname = 'app'"), "0");
  }
};

TEST_F(DumpNames, ARenamedDatabaseIsRestoredBesideWithAllThatNamesIt) {
  make_old_shop();
  write_cluster_dump(two_databases);
  box.protect(box.source());
  const Answer answer = recover_into_server({"--rename", "shop=Shop \"2\"", "--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  const std::string renamed = "Shop \"2\"";
  EXPECT_EQ(names(), "Shop \"2\" crm postgres shop");
  EXPECT_EQ(asked("SELECT what FROM orders", "shop"), "old");
  EXPECT_EQ(asked("SELECT count(*), min(what) FROM orders", renamed), "2|new");
  EXPECT_EQ(asked("SHOW work_mem", renamed), "17MB");
  const std::string of_it = " FROM pg_database d WHERE datname = 'Shop \"2\"'";
  EXPECT_EQ(asked("SELECT pg_get_userbyid(datdba), shobj_description(oid, 'pg_database')" + of_it),
            "app|all orders");
  EXPECT_EQ(asked("SELECT has_database_privilege('app', oid, 'CREATE'), "
                  "array_to_string(datacl, ' ') ~ '(^| )=[^/ ]*c'" +
                  of_it),
            "t|f");
  EXPECT_EQ(asked("SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'app'::regrole"),
            "{statement_timeout=33s}");
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.database()["databases"][2]["target"], renamed) << answer.told();

  const Outcome undone = box.recover({"rollback", "last", "--yes"});
  ASSERT_EQ(undone.exit, 0) << undone.err << undone.out;
  EXPECT_EQ(asked("SELECT what FROM orders", "shop"), "old");
}

TEST_F(DumpNames, ANameThatIsTakenIsExchangedLikeAnyOther) {
  make_old_shop();
  tell("CREATE DATABASE crm");
  write_cluster_dump(two_databases);
  const Answer never =
      recover_into_server({"--rename", "crm=shop", "--database", "crm", "--replace", "never"});
  EXPECT_EQ(never.exit, 8) << never.told();
  EXPECT_THAT(ids(never), Contains("postgresql.database_exists"));
  const Answer answer = recover_into_server({"--rename", "crm=shop", "--database", "crm"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(names(), "crm postgres shop shop__old");
  EXPECT_EQ(asked("SELECT id FROM clients", "shop"), "7");
  const Outcome undone = box.recover({"rollback", "last", "--yes"});
  ASSERT_EQ(undone.exit, 0) << undone.err << undone.out;
  EXPECT_EQ(asked("SELECT what FROM orders", "shop"), "old");
}

TEST_F(DumpNames, WithADropFirstOnlyWhatGetsTheNameIsDropped) {
  make_old_shop();
  tell("CREATE DATABASE crm");
  tell("CREATE DATABASE fresh");
  write_cluster_dump(two_databases);
  const Answer answer = recover_into_server(
      {"--rename", "shop=fresh", "--suffix", "_2", "--exclude-database", "crm", "--replace", "drop-first"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(names(), "crm fresh postgres shop");
  EXPECT_EQ(asked("SELECT what FROM orders", "shop"), "old");
}

TEST_F(DumpNames, ASuffixStandsBehindEveryOtherName) {
  make_old_shop();
  write_cluster_dump(std::string(two_databases) + "CREATE TABLE public.kept AS SELECT 42 AS answer;\n");
  const Answer answer = recover_into_server({"--suffix", "_copy", "--rename", "crm=clients"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(names(), "clients postgres postgres_copy shop shop_copy");
  EXPECT_EQ(asked("SELECT answer FROM kept", "postgres_copy"), "42");
  EXPECT_EQ(asked("SELECT count(*) FROM pg_class WHERE relname = 'kept'"), "0");
}

TEST_F(DumpNames, WhatCannotBeDoneIsRefusedBeforeAnythingHappens) {
  make_old_shop();
  write_cluster_dump(two_databases);
  struct Refusal {
    std::vector<std::string> words;
    std::string id;
    std::string says;
  };
  const std::vector<Refusal> refusals{
      {{"--rename", "shop=crm"}, "postgresql.name_taken", "crm and shop would both be called so"},
      {{"--rename", "shop_=x"}, "usage.invalid", "cannot rename shop_"},
      {{"--rename", "shop=" + std::string(64, 'n')}, "postgresql.name_invalid", "64 bytes"},
      {{"--suffix", std::string(56, 'n')}, "postgresql.name_invalid", "64 bytes"},
      {{"--rename", "shop=template1"}, "postgresql.name_invalid", "every server has it"},
      {{"--rename", "shop"}, "usage.invalid", "expected OLD=NEW"},
      {{"--rename", "shop=a", "--rename", "shop=b"}, "usage.invalid", "already"}};
  for (const Refusal& one : refusals) {
    const Answer answer = recover_into_server(one.words);
    EXPECT_EQ(answer.exit, 64) << answer.told();
    EXPECT_THAT(answer.told(), HasSubstr(one.says));
    EXPECT_THAT(answer.told(), HasSubstr(one.id));
    expect_untouched(answer);
  }
}

/// The scan looks at the beginning only; the dump is read to its end before anything is loaded.
TEST_F(DumpNames, ANameBehindTheBeginningOfALongDumpIsFoundOrRefused) {
  make_old_shop();
  std::string rows;
  for (int i = 0; i < 60000; ++i) rows += std::to_string(i) + "\n";
  write_cluster_dump(
      "CREATE ROLE app;\nCREATE DATABASE big WITH TEMPLATE = template0;\n\\connect big\n"
      "CREATE TABLE public.t (i integer);\nCOPY public.t (i) FROM stdin;\n" +
      rows +
      "\\.\nCREATE DATABASE shop WITH TEMPLATE = template0;\n\\connect shop\nCREATE TABLE public.t (i "
      "integer);\n");
  const Answer refused = recover_into_server({"--rename", "shup=other"});
  EXPECT_EQ(refused.exit, 64) << refused.told();
  EXPECT_THAT(refused.told(), HasSubstr("holds no database of that name"));
  expect_untouched(refused);
  const Answer answer = recover_into_server({"--rename", "shop=other"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(names(), "big other postgres shop");
}

TEST_F(DumpNames, WhatWasInterruptedGoesOnUnderTheNewName) {
  make_old_shop();
  write_cluster_dump(two_databases +
                     std::string("SELECT (1 / count(*)) FROM pg_roles WHERE rolname = 'needed';\n"));
  const Answer failed = recover_into_server({"--suffix", "_2", "--on-failed-database", "keep"});
  EXPECT_EQ(failed.exit, 3) << failed.told();
  tell("CREATE ROLE needed");
  const Outcome resumed = box.recover({"resume", "last", "--yes"});
  EXPECT_EQ(resumed.exit, 0) << resumed.err;
  EXPECT_EQ(asked("SELECT count(*) FROM orders", "shop_2"), "2");
  EXPECT_EQ(asked("SELECT what FROM orders", "shop"), "old");
}

TEST_F(DumpNames, TheDryRunShowsThem) {
  make_old_shop();
  write_cluster_dump(two_databases);
  const Outcome plan = box.recover({box.source(), "--dry-run", "--target", url(), "--suffix", "_copy",
                                    "--bindir", server_programs(major)});
  EXPECT_EQ(plan.exit, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("shop becomes shop_copy"));
  EXPECT_THAT(plan.out, Not(HasSubstr("replaces")));
}

TEST_F(DumpNames, AnArchiveOfOneDatabaseFollowsToo) {
  make_old_shop();
  ASSERT_EQ(Sandbox::run({server_programs(major) + "/pg_dump", "-h", target_->sockets(), "-U", "postgres",
                          "-Fc", "-f", box.source() + "/shop.dump", "shop"})
                .exit,
            0);
  const Answer answer = recover_into_server({"--rename", "shop=yesterday"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(names(), "postgres shop yesterday");
  EXPECT_EQ(asked("SELECT what FROM orders", "yesterday"), "old");
}

TEST_F(DumpNames, APrivateInstanceHasTheNewNames) {
  write_cluster_dump(std::string(two_databases) + "CREATE TABLE public.kept AS SELECT 42 AS answer;\n");
  const Answer answer = recover(major, {"--suffix", "_copy", "--rename", "postgres=mine"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  const auto in_it = [&](const std::string& sql, const std::string& database) {
    return trimmed(sql_through(answer.connect(), sql, database));
  };
  EXPECT_EQ(in_it("SELECT count(*) FROM orders", "shop_copy"), "2");
  EXPECT_EQ(in_it("SHOW work_mem", "shop_copy"), "17MB");
  EXPECT_EQ(in_it("SELECT id FROM clients", "crm_copy"), "7");
  EXPECT_EQ(in_it("SELECT answer FROM kept", "mine"), "42");
  EXPECT_EQ(in_it("SELECT count(*) FROM pg_database WHERE datname = 'shop'", "postgres"), "0");
}

/// Renaming in the dump comes to what the server makes of it by ALTER ... RENAME.
class NamesOfEveryObject : public EveryObject {};

TEST_F(NamesOfEveryObject, AreChangedAsTheServerItselfChangesThem) {
  dump_to("all.sql", "pg_dumpall", {});
  box.write("roles.map", "alice=Amelia\nbob=robert\nwe ird role=w\n");
  const Answer answer = recover(15, {"--rename", "everything=Every Thing", "--owner-policy",
                                     "map=" + box.path("roles.map"), "--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  for (const char* statement :
       {"ALTER DATABASE everything RENAME TO \"Every Thing\"", "ALTER ROLE alice RENAME TO \"Amelia\"",
        "ALTER ROLE bob RENAME TO robert", "ALTER ROLE \"we ird role\" RENAME TO w"}) {
    static_cast<void>(original_->sql(statement));
  }
  const DumpedServer ours{sockets_of(answer.connect()), 15};
  expect_equal(dump_of(server(), "Every Thing", {"-C"}), dump_of(ours, "Every Thing", {"-C"}), box);
  expect_equal(globals_of(server()), globals_of(ours), box);
}

}  // namespace
}  // namespace recover::test
