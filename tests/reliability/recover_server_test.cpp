// A dump into a server that is in use: loaded beside, proven, exchanged in one transaction, and everything
// that was there is there still.
#include "tests/support/running_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

class RunningServer : public IntoRunningServer {
 protected:
  /// A pg_dumpall as small as one can be written by hand.
  void write_cluster_dump(const std::string& contents) {
    IntoRunningServer::write_cluster_dump(
        "CREATE ROLE app;\nALTER ROLE app WITH LOGIN PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';\n"
        "CREATE ROLE fresh;\nALTER ROLE fresh WITH NOLOGIN CONNECTION LIMIT 7;\n"
        "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';\n"
        "ALTER DATABASE shop OWNER TO app;\nALTER DATABASE shop SET work_mem TO '17MB';\n"
        "\\connect shop\n" +
        contents + "\\connect postgres\n");
  }
  void write_shop() {
    write_cluster_dump(
        "CREATE TABLE public.orders (id integer, what text);\nALTER TABLE public.orders OWNER TO app;\n"
        "CREATE SEQUENCE public.numbers;\n"
        "COPY public.orders (id, what) FROM stdin;\n1\tnew\n2\tnew\n3\tnew\n\\.\n"
        "SELECT pg_catalog.setval('public.numbers', 42, true);\n");
  }
  void make_old_shop() {
    static_cast<void>(target_->sql("CREATE ROLE app NOLOGIN; CREATE ROLE guest"));
    static_cast<void>(target_->sql("CREATE DATABASE shop OWNER guest"));
    static_cast<void>(target_->sql("ALTER DATABASE shop SET statement_timeout = '99s'"));
    static_cast<void>(target_->sql("GRANT CREATE ON DATABASE shop TO guest"));
    static_cast<void>(target_->sql("CREATE TABLE orders AS SELECT 1 AS id, 'old'::text AS what", "shop"));
  }
  /// The name that ends the way of this run.
  [[nodiscard]] std::string name_like(const std::string& pattern) const {
    std::string name = target_->sql("SELECT datname FROM pg_database WHERE datname LIKE '" + pattern + "'");
    while (!name.empty() && name.back() == '\n') name.pop_back();
    return name;
  }
};

TEST_F(RunningServer, TheNewDatabaseTakesTheNameAndTheOldOneIsKept) {
  make_old_shop();
  write_shop();
  box.protect(box.source());
  const Answer answer = recover_into_server({"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_sequences")["facts"]["sequences"], 1) << answer.told();
  EXPECT_EQ(trimmed(names()), "postgres shop shop__old");
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*), min(what) FROM orders", "shop")), "3|new");
  EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", name_like("shop\\_\\_old%"))), "old");
  EXPECT_EQ(trimmed(target_->sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")),
            "app");
  EXPECT_EQ(trimmed(target_->sql("SHOW work_mem", "shop")), "17MB");
  // Roles are added; those that were there keep what they have.
  EXPECT_EQ(trimmed(target_->sql("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'fresh'")), "7");
  EXPECT_EQ(trimmed(target_->sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'")), "f");
  EXPECT_THAT(answer.told(), HasSubstr("role app was there"));

  const Outcome undone = box.recover({"rollback", "last", "--yes"});
  ASSERT_EQ(undone.exit, 0) << undone.err;
  EXPECT_EQ(trimmed(names()), "postgres shop shop__undone");
  EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", "shop")), "old");
}

TEST_F(RunningServer, SessionsInTheOldDatabaseAreEndedAndTold) {
  make_old_shop();
  write_shop();
  const std::jthread session([&] {  // ends when its session is ended
    static_cast<void>(Sandbox::run(
        {"psql", "-h", target_->sockets(), "-U", "postgres", "-d", "shop", "-c", "SELECT pg_sleep(600)"}));
  });
  while (trimmed(target_->sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop'")) != "1") {
  }
  const Outcome planned =
      box.recover({"plan", box.source(), "--bindir", server_programs(major), "--target", url()});
  EXPECT_THAT(planned.out, HasSubstr("end the sessions in the old databases (1 now)")) << planned.err;
  const Answer answer = recover_into_server();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("ended session"));
}

/// R66: something in the dump itself changes what was loaded before it is verified.
TEST_F(RunningServer, WhatDiffersFromTheDumpIsNotPutInPlace) {
  make_old_shop();
  write_cluster_dump(
      "CREATE SEQUENCE public.numbers;\nSELECT pg_catalog.setval('public.numbers', 42, true);\n"
      "CREATE TABLE public.orders (id integer, what text);\n"
      "COPY public.orders (id, what) FROM stdin;\n1\tnew\n\\.\n"
      "DO $$BEGIN PERFORM nextval('public.numbers'); END$$;\n");
  const Answer answer = recover_into_server();
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_EQ(answer.check("dump_sequences")["verdict"], "failed") << answer.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", "shop")), "old");
}

TEST_F(RunningServer, ASequenceBehindItsColumnIsTold) {
  write_cluster_dump(
      "CREATE TABLE public.orders (id serial PRIMARY KEY, what text);\n"
      "CREATE TABLE public.bills (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);\n"
      "COPY public.orders (id, what) FROM stdin;\n1\tnew\n57\tby hand\n\\.\n"
      "COPY public.bills (id) FROM stdin;\n7\n\\.\n"
      "SELECT pg_catalog.setval('public.orders_id_seq', 41, true);\n"
      "SELECT pg_catalog.setval('public.bills_id_seq', 7, true);\n");
  const Answer answer = recover_into_server();
  EXPECT_EQ(answer.exit, 0) << answer.told();
  const auto check = answer.check("dump_sequences");
  EXPECT_EQ(check["verdict"], "warning") << answer.told();
  EXPECT_THAT(check["evidence"].get<std::string>(),
              HasSubstr("2 sequences; 1 behind the column that uses it, as in the dump: "
                        "shop: public.orders_id_seq stands at 41, public.orders.id is at 57 "
                        "already"));
}

TEST_F(RunningServer, ADumpOfOneDatabaseKeepsWhatTheServerSaysOfIt) {
  make_old_shop();
  box.write("source/shop.sql",
            "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.orders (id integer, what text);\n"
            "COPY public.orders (id, what) FROM stdin;\n1\tnew\n\\.\n"
            "--\n-- PostgreSQL database dump complete\n--\n\n");
  const Answer answer = recover_into_server();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", "shop")), "new");
  EXPECT_EQ(trimmed(target_->sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")),
            "guest");
  EXPECT_EQ(trimmed(target_->sql("SHOW statement_timeout", "shop")), "99s");
  EXPECT_EQ(trimmed(target_->sql("SELECT has_database_privilege('guest', 'shop', 'CREATE')")), "t");
}

TEST_F(RunningServer, ACutDumpChangesNothing) {
  make_old_shop();
  write_cluster_dump(
      "CREATE TABLE public.orders (id integer, what text);\nCOPY public.orders FROM stdin;\n1\tnew\n");
  fs::resize_file(box.source() + "/all.sql", fs::file_size(box.source() + "/all.sql") - 60);
  const Answer answer = recover_into_server();
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", "shop")), "old");
  EXPECT_THAT(names(), ::testing::Not(HasSubstr("__old"))) << answer.told();
}

TEST_F(RunningServer, AFailedStatementKeepsTheHalfForInspectionOrDropsIt) {
  make_old_shop();
  write_cluster_dump("CREATE TABLE public.orders (id integer);\nSELECT no_such_function();\n");
  const Answer renamed = recover_into_server();
  EXPECT_EQ(renamed.exit, 3) << renamed.told();
  EXPECT_EQ(trimmed(names()), "postgres shop shop__failed");
  EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", "shop")), "old");
  EXPECT_THAT(renamed.told(), HasSubstr("shop__failed"));
  const Answer dropped = recover_into_server({"--on-failed-database", "drop"});
  EXPECT_EQ(dropped.exit, 3) << dropped.told();
  EXPECT_EQ(trimmed(names()), "postgres shop shop__failed");
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM pg_roles WHERE rolname = 'fresh'")), "0");
}

/// Side by side in one run: what becomes of one item is nothing to the other.
TEST_F(RunningServer, AFailureLeavesTheOtherDumpsOfTheRunAlone) {
  const std::string head = "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (i integer);\n";
  const std::string end = "--\n-- PostgreSQL database dump complete\n--\n\n";
  box.write("source/a/bad.sql", head + "SELECT no_such_function();\n" + end);
  box.write("source/b/good.sql", head + "SELECT pg_sleep(4);\nINSERT INTO public.t VALUES (1);\n" + end);
  box.write("source/c/kept.sql", head + "SELECT pg_sleep(2);\nINSERT INTO public.t VALUES (2);\n" + end);
  const Answer answer = recover_into_server({"--continue-on-error"});
  EXPECT_EQ(answer.exit, 4) << answer.told();
  EXPECT_EQ(trimmed(names()), "bad__failed good kept postgres") << answer.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT i FROM t", "good")), "1");
  EXPECT_EQ(trimmed(target_->sql("SELECT i FROM t", "kept")), "2");
}

TEST_F(RunningServer, AKeptHalfMakesRoomForTheNextAttempt) {
  make_old_shop();
  write_cluster_dump(
      "CREATE TABLE public.orders (id integer);\nSELECT (1 / count(*)) FROM pg_roles WHERE "
      "rolname = 'needed';\n");
  EXPECT_EQ(recover_into_server({"--on-failed-database", "keep"}).exit, 3);
  EXPECT_EQ(trimmed(names()), "postgres shop shop__new");
  static_cast<void>(target_->sql("CREATE ROLE needed"));
  const Outcome resumed = box.recover({"resume", "last", "--yes"});
  EXPECT_EQ(resumed.exit, 0) << resumed.err;
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM orders", "shop")), "0");
}

TEST_F(RunningServer, NeverReplacesWhenToldSo) {
  make_old_shop();
  write_shop();
  const Answer answer = recover_into_server({"--replace", "never"});
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.database_exists"));
  EXPECT_EQ(trimmed(names()), "postgres shop");
}

TEST_F(RunningServer, DropsFirstOnlyWhenToldSo) {
  make_old_shop();
  write_shop();
  const Answer answer = recover_into_server({"--replace", "drop-first"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(trimmed(names()), "postgres shop");
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM orders", "shop")), "3");
}

TEST_F(RunningServer, SavesTheWholeServerBeforeItDropsWhereThatIsAskedFor) {
  make_old_shop();
  write_shop();
  box.write("recover.conf", "backup_existing_data=true\n");
  fs::permissions(box.path("recover.conf"), fs::perms::owner_read | fs::perms::owner_write);
  const Answer answer =
      recover_into_server({"--replace", "drop-first", "--config", box.path("recover.conf")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM orders", "shop")), "3");
  const Outcome found = box.recover({"scan", box.state() + "/saved", "--json"});
  EXPECT_THAT(found.out, HasSubstr("\"shop\"")) << found.out << found.err;
  fs::remove_all(box.source());
  fs::rename(box.state() + "/saved", box.source());
  const Answer saved = recover(major);
  ASSERT_EQ(saved.exit, 0) << saved.told();
  EXPECT_EQ(trimmed(sql_through(saved.connect(), "SELECT what FROM orders", "shop")), "old");
}

TEST_F(RunningServer, APreparedTransactionIsNamedAndTheRunGoesOnAfterwards) {
  make_old_shop();
  write_shop();
  static_cast<void>(
      target_->sql("BEGIN; INSERT INTO orders VALUES (9, 'x'); PREPARE TRANSACTION 'theirs'", "shop"));
  const Answer answer = recover_into_server();
  EXPECT_EQ(answer.exit, 9) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.database_in_use"));
  EXPECT_THAT(answer.told(), HasSubstr("theirs"));
  EXPECT_EQ(trimmed(target_->sql("SELECT datallowconn FROM pg_database WHERE datname = 'shop'")), "t");
  static_cast<void>(target_->sql("ROLLBACK PREPARED 'theirs'", "shop"));
  const Answer again = recover_into_server();
  EXPECT_EQ(again.exit, 0) << again.told();
}

/// R65: what is dropped first must be free to be dropped before anything is done to it.
TEST_F(RunningServer, AReplicationSlotStaysWithTheOldDatabaseAndIsNamed) {
  target_->stop();
  target_->start({"wal_level=logical", "max_prepared_transactions=2"});
  make_old_shop();
  write_shop();
  static_cast<void>(
      target_->sql("SELECT pg_create_logical_replication_slot('theirs', 'test_decoding')", "shop"));
  const Answer refused = recover_into_server({"--replace", "drop-first"});
  EXPECT_EQ(refused.exit, 9) << refused.told();
  EXPECT_THAT(ids(refused), Contains("postgresql.database_in_use"));
  EXPECT_THAT(refused.told(), HasSubstr("theirs"));
  EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", "shop")), "old") << "it is as it was, and open";
  const Answer answer = recover_into_server();
  EXPECT_EQ(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("replication slot theirs stays with the old database"));
  EXPECT_THAT(trimmed(target_->sql("SELECT database FROM pg_replication_slots")), HasSubstr("shop__old"));
}

TEST_F(RunningServer, CleanupDropsTheOldDatabaseWhenItsTimeIsOver) {
  make_old_shop();
  write_shop();
  ASSERT_EQ(recover_into_server().exit, 0);
  ASSERT_EQ(box.recover({"cleanup", "--yes"}).exit, 0);
  EXPECT_EQ(trimmed(names()), "postgres shop shop__old") << "its time is not over";
  const Outcome cleaned = box.recover({"cleanup", "--yes", "--older-than", "0"});
  ASSERT_EQ(cleaned.exit, 0) << cleaned.err;
  EXPECT_EQ(trimmed(names()), "postgres shop");
}

/// Whenever it is killed, the name leads to a whole database, old or new, and the run is finished or undone.
TEST_F(RunningServer, KilledAtAnyMomentItIsFinishedByResume) {
  make_old_shop();
  write_shop();
  const std::vector<std::string> command{
      RECOVER_PROGRAM, "--state-dir", box.state(), box.source(),          "--yes", "--min-free", "100MB",
      "--target",      url(),         "--bindir",  server_programs(major)};
  bool was_killed = false;
  for (const char* seconds : {"0.4", "0.8", "1.2", "1.6", "2.0", "2.5"}) {
    std::vector<std::string> killed{"timeout", "-s", "KILL", seconds};
    killed.insert(killed.end(), command.begin(), command.end());
    if (Sandbox::run(killed).exit == 0) break;
    was_killed = true;
    const std::string what = trimmed(target_->sql("SELECT min(what) FROM orders", "shop"));
    EXPECT_TRUE(what == "old" || what == "new") << what;
    const Outcome resumed = box.recover({"resume", "last", "--yes"});
    if (resumed.exit != 0) {  // killed before there was anything to resume
      EXPECT_EQ(trimmed(target_->sql("SELECT min(what) FROM orders", "shop")), "old") << resumed.err;
      continue;
    }
    EXPECT_EQ(trimmed(target_->sql("SELECT count(*), min(what) FROM orders", "shop")), "3|new");
    ASSERT_EQ(box.recover({"rollback", "last", "--yes"}).exit, 0);
    EXPECT_EQ(trimmed(target_->sql("SELECT what FROM orders", "shop")), "old");
    ASSERT_EQ(box.recover({"cleanup", "--yes", "--older-than", "0"}).exit, 0);
  }
  EXPECT_TRUE(was_killed);
  ASSERT_EQ(box.recover({"cleanup", "--yes", "--older-than", "0"}).exit, 0);
  EXPECT_EQ(names().find("__new"), std::string::npos) << names();
}

TEST_F(RunningServer, AnOlderServerIsRefusedBeforeAnythingHappens) {
  box.write("source/shop.sql",
            "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.2\n"
            "-- Dumped by pg_dump version 17.2\n\nCREATE TABLE public.t (i integer);\n"
            "--\n-- PostgreSQL database dump complete\n--\n\n");
  const Answer answer = recover_into_server();
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.target_too_old"));
  EXPECT_EQ(trimmed(names()), "postgres");
}

struct Refused {
  std::string sqlstate;
  std::string error;
  int exit;
};

/// The server says it itself: a statement of the dump raises the SQLSTATE.
TEST_F(RunningServer, ARefusalIsToldByItsClass) {
  for (const Refused& one : std::vector<Refused>{{"40001", "postgresql.conflict", 9},
                                                 {"55006", "postgresql.object_in_use", 9},
                                                 {"53200", "postgresql.out_of_resources", 1},
                                                 {"42501", "postgresql.permission_denied", 1},
                                                 {"58030", "postgresql.server_broken", 12},
                                                 {"25006", "postgresql.target_read_only", 8}}) {
    write_cluster_dump("DO $$BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '" + one.sqlstate + "'; END$$;\n");
    const Answer answer = recover_into_server({"--retries", "0", "--on-failed-database", "drop"});
    EXPECT_THAT(ids(answer), Contains(one.error)) << answer.told();
    EXPECT_EQ(answer.exit, one.exit) << one.sqlstate << answer.told();
  }
}

TEST_F(RunningServer, ATablespaceThatTheServerLacksIsNamedAndCanBePlaced) {
  box.write("source/all.sql",
            "--\n-- PostgreSQL database cluster dump\n--\n\n"
            "CREATE TABLESPACE fast OWNER postgres LOCATION '/somewhere/else';\n"
            "CREATE DATABASE shop WITH TEMPLATE = template0 TABLESPACE = fast;\n\\connect shop\n"
            "CREATE TABLE public.t (i integer);\n"
            "--\n-- PostgreSQL database cluster dump complete\n--\n\n");
  const Answer refused = recover_into_server({"--on-failed-database", "drop"});
  EXPECT_EQ(refused.exit, 8) << refused.told();
  EXPECT_THAT(ids(refused), Contains("postgresql.target_tablespace_missing"));
  const std::string place = box.path("target/fast");
  ASSERT_EQ(Sandbox::run({"install", "-d", "-o", "postgres", "-m", "0700", place}).exit, 0);
  const Answer placed = recover_into_server({"--tablespace", "fast=" + place});
  EXPECT_EQ(placed.exit, 0) << placed.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = "
                                 "'fast'")),
            place);
}

TEST_F(RunningServer, AnotherServerBehindTheAddressIsNoticed) {
  make_old_shop();
  write_shop();
  ASSERT_EQ(recover_into_server().exit, 0);
  // The same address, another cluster.
  target_->stop();
  const Cluster other(box, major, "other");
  fs::remove_all(target_->data());
  fs::copy(other.data(), target_->data(), fs::copy_options::recursive);
  ASSERT_EQ(Sandbox::run({"chown", "-R", "postgres:postgres", target_->data()}).exit, 0);
  ASSERT_EQ(Sandbox::run({"chmod", "0700", target_->data()}).exit, 0);
  target_->start();
  const Outcome verified = box.recover({"verify", "last", "--json"});
  EXPECT_NE(verified.exit, 0);
  EXPECT_THAT(verified.out, HasSubstr("postgresql.target_changed"));
}

TEST_F(RunningServer, AnExtensionThatTheServerLacksIsNamedBeforeAnythingHappens) {
  write_cluster_dump("CREATE EXTENSION IF NOT EXISTS no_such_thing WITH SCHEMA public;\n");
  const Answer answer = recover_into_server();
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.extension_missing"));
  EXPECT_EQ(trimmed(names()), "postgres");
}

/// R65: somebody holds a lock that the load needs, for longer than --lock-timeout allows.
TEST_F(RunningServer, ALockOfSomebodyElseIsNamedAndWaitedForNoLongerThanTold) {
  write_shop();
  static_cast<void>(target_->sql("CREATE ROLE app"));
  const std::jthread holder([&] {  // a database cannot be given to a role that may be gone soon
    static_cast<void>(Sandbox::run({"psql", "-h", target_->sockets(), "-U", "postgres", "-c",
                                    "BEGIN; DROP ROLE app; SELECT pg_sleep(60)"}));
  });
  while (trimmed(target_->sql("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND "
                              "query LIKE '%pg_sleep(60)' AND pid <> pg_backend_pid()")) != "1") {
  }
  const Answer waited = recover_into_server({"--lock-timeout", "2"});
  EXPECT_EQ(waited.exit, 9) << waited.told();
  EXPECT_THAT(waited.told(), HasSubstr("DROP ROLE app"));
  const Answer ended = recover_into_server({"--lock-timeout", "2", "--lock-action", "terminate"});
  EXPECT_EQ(ended.exit, 0) << ended.told();
}

TEST_F(RunningServer, ContentsOfPostgresAreBroughtBackToo) {
  write_cluster_dump("CREATE TABLE public.t (i integer);\n");
  std::ostringstream text;
  text << std::ifstream(box.source() + "/all.sql").rdbuf();
  std::string dump = text.str();
  const std::string mark = "\\connect postgres\n";
  dump.insert(dump.find(mark) + mark.size(), "CREATE TABLE public.kept AS SELECT 42 AS answer;\n");
  box.write("source/all.sql", dump);
  static_cast<void>(target_->sql("CREATE TABLE theirs (i integer)"));
  const Answer answer = recover_into_server();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT answer FROM kept")), "42");
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM theirs", name_like("postgres\\_\\_old%"))), "0");
}

TEST_F(RunningServer, OddNamesComeBackExactly) {
  const std::vector<std::string> odd{"a\"b; drop -- x", std::string(63, 'n'), "a__old_b", "Mixed Case",
                                     "\xc3\xbc\x6ei\xe2\x82\xac"};
  std::string dump = "--\n-- PostgreSQL database cluster dump\n--\n\n";
  for (const std::string& name : odd) {
    std::string quoted;
    for (const char letter : name) quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    dump += "CREATE DATABASE \"" + quoted + "\" WITH TEMPLATE = template0;\n\\connect \"" + quoted +
            "\"\nCREATE TABLE public.t (i integer);\n";
  }
  box.write("source/all.sql", dump + "--\n-- PostgreSQL database cluster dump complete\n--\n\n");
  const Answer answer = recover_into_server();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  for (const std::string& name : odd) EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM t", name)), "0");
}

// ---- R47, R48: reaching the server ------------------------------------------------------------------

struct Refusal {
  std::string url;
  std::string error;
  std::string help;
};

TEST_F(RunningServer, EveryReasonNotToGetInHasItsOwnError) {
  write_shop();
  static_cast<void>(target_->sql("CREATE ROLE locked LOGIN PASSWORD 'right'; CREATE ROLE stranger LOGIN"));
  box.write("target/data/pg_hba.conf",
            "local all locked scram-sha-256\nlocal all stranger reject\nlocal all all trust\n");
  static_cast<void>(target_->sql("SELECT pg_reload_conf()"));
  box.write("passwords", "*:*:*:locked:wrong\n");
  fs::permissions(box.path("passwords"), fs::perms::owner_read);
  const std::string nobody = box.path("nobody");
  fs::create_directories(nobody);
  for (const Refusal& one : std::vector<Refusal>{
           {url("locked"), "postgresql.password_refused", "--password-file"},
           {url("stranger"), "postgresql.access_refused", "pg_hba.conf"},
           {"postgresql://postgres@/?host=" + nobody, "postgresql.server_unreachable", "--target"},
           {"postgresql://postgres@127.0.0.1:1/", "postgresql.server_unreachable", "--target"},
           {url() + "&nonsense=1", "postgresql.target_invalid", "postgresql://"},
           {"postgresql://postgres:secret@localhost/", "postgresql.target_invalid", "--password-file"}}) {
    const Answer answer = recover(major, {"--target", one.url, "--password-file", box.path("passwords")});
    EXPECT_THAT(ids(answer), Contains(one.error)) << one.url << answer.told();
    EXPECT_THAT(answer.told(), HasSubstr(one.help)) << one.url;
    EXPECT_EQ(answer.exit, one.error == "postgresql.target_invalid" ? 64 : 1) << answer.told();
    EXPECT_THAT(answer.told(), ::testing::Not(HasSubstr("secret"))) << "a password was repeated";
  }
}

/// What a server without TLS answers to the question for it: the letter N (the manual, "SSL Session
/// Encryption"). The test's servers listen on sockets only, over which there is no TLS.
TEST_F(RunningServer, AServerWithoutTlsIsNamedAsThatWhereTlsIsWanted) {
  write_shop();
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  std::jthread server([listener] {
    for (int one = ::accept(listener, nullptr, nullptr); one >= 0;
         one = ::accept(listener, nullptr, nullptr)) {
      char question[8];
      if (::recv(one, question, sizeof(question), MSG_WAITALL) == 8)
        static_cast<void>(::send(one, "N", 1, 0));
      ::close(one);
    }
  });
  const Answer answer = recover(
      major, {"--target", "postgresql://postgres@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) +
                              "/postgres?sslmode=require"});
  ::shutdown(listener, SHUT_RDWR);
  server.join();
  ::close(listener);
  EXPECT_EQ(answer.exit, 1) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.tls_failed")) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("sslmode"));
}

TEST_F(RunningServer, APasswordFileThatOthersMayReadIsRefused) {
  write_shop();
  box.write("passwords", "secret\n");
  fs::permissions(box.path("passwords"), fs::perms(0644));
  const Answer answer = recover(major, {"--target", url(), "--password-file", box.path("passwords")});
  EXPECT_EQ(answer.exit, 1) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.password_file_unsafe"));
  EXPECT_THAT(answer.told(), HasSubstr("chmod 0600"));
}

TEST_F(RunningServer, APasswordFromAFileOpensTheServer) {
  make_old_shop();
  write_shop();
  static_cast<void>(target_->sql("CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'right'"));
  box.write("target/data/pg_hba.conf", "local all boss scram-sha-256\nlocal all all trust\n");
  static_cast<void>(target_->sql("SELECT pg_reload_conf()"));
  box.write("passwords", "right\n");
  fs::permissions(box.path("passwords"), fs::perms(0600));
  const Answer answer = recover(major, {"--target", url("boss"), "--password-file", box.path("passwords")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM orders", "shop")), "3");
}

TEST_F(RunningServer, ARoleWithoutTheRightsIsToldWhatItLacks) {
  write_shop();
  static_cast<void>(target_->sql("CREATE ROLE weak LOGIN"));
  const Answer answer = recover(major, {"--target", url("weak")});
  EXPECT_EQ(answer.exit, 8) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.target_rights"));
}

TEST_F(RunningServer, WithoutSuperuserOwnersThatCannotBeGivenAreListed) {
  write_cluster_dump(
      "CREATE TABLE public.orders (id integer, what text);\nALTER TABLE public.orders OWNER TO other;\n"
      "COPY public.orders (id, what) FROM stdin;\n1\tnew\n\\.\n");
  static_cast<void>(target_->sql("CREATE ROLE maker LOGIN CREATEDB CREATEROLE; CREATE ROLE other SUPERUSER"));
  const Answer answer = recover(major, {"--target", url("maker")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("ALTER TABLE public.orders OWNER TO other"));
  EXPECT_EQ(trimmed(target_->sql("SELECT count(*) FROM orders", "shop")), "1");
}

}  // namespace
}  // namespace recover::test
