// Roles of a dump and what belongs to them: loaded or not, mapped to others, or left to whoever loads.
#include "tests/support/running_server.hpp"
#include "tests/support/terminal.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr const char* with_roles =
    "CREATE ROLE alice;\nALTER ROLE alice WITH NOLOGIN CONNECTION LIMIT 7;\n"
    "CREATE ROLE staff;\nALTER ROLE staff WITH NOLOGIN;\nALTER ROLE staff SET work_mem TO '9MB';\n"
    "GRANT staff TO alice;\n"
    "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';\nALTER DATABASE shop OWNER TO alice;\n"
    "\\connect shop\nCREATE SCHEMA desk;\nALTER SCHEMA desk OWNER TO staff;\n"
    "CREATE TABLE public.orders (id integer);\nALTER TABLE public.orders OWNER TO alice;\n"
    "CREATE TABLE public.stock (id integer);\nALTER TABLE public.stock OWNER TO alice;\n"
    "COPY public.orders (id) FROM stdin;\n1\n2\n\\.\n"
    "GRANT SELECT ON TABLE public.orders TO staff;\n"
    "ALTER DEFAULT PRIVILEGES FOR ROLE alice IN SCHEMA public GRANT SELECT ON TABLES TO staff;\n"
    "\\connect postgres\n";

class DumpRoles : public IntoRunningServer {
 protected:
  [[nodiscard]] std::string owner_of(const std::string& table) const {
    return asked("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = '" + table + "'", "shop");
  }
  [[nodiscard]] std::string roles() const {
    return asked("SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname !~ '^pg_'");
  }
};

TEST_F(DumpRoles, ComeWithTheirMemberships) {
  write_cluster_dump(with_roles);
  const Answer answer = recover_into_server();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(roles(), "alice postgres staff");
  EXPECT_EQ(asked("SELECT pg_has_role('alice', 'staff', 'member')"), "t");
  EXPECT_EQ(owner_of("orders"), "alice");
}

/// What is there is used by others: neither dropped nor made a member of anything.
TEST_F(DumpRoles, ThatWereThereAreNotChanged) {
  tell("CREATE ROLE alice NOLOGIN; CREATE ROLE staff NOLOGIN; CREATE ROLE idle NOLOGIN");
  write_cluster_dump("DROP ROLE IF EXISTS idle;\n" + std::string(with_roles));
  const Answer answer = recover_into_server();
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(roles(), "alice idle postgres staff");
  EXPECT_EQ(asked("SELECT pg_has_role('alice', 'staff', 'member')"), "f");
  EXPECT_THAT(answer.told(), HasSubstr("memberships and comments of roles that were there"));
}

TEST_F(DumpRoles, StayAwayWithoutGlobalsAndWhatNeedsThemIsTold) {
  tell("CREATE ROLE alice NOLOGIN");
  write_cluster_dump(with_roles);
  const Answer answer = recover_into_server({"--globals", "no"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(roles(), "alice postgres");
  EXPECT_EQ(asked("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'alice'"), "-1");
  EXPECT_EQ(owner_of("orders"), "alice");
  EXPECT_EQ(asked("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'desk'", "shop"),
            "postgres");
  EXPECT_THAT(answer.told(), HasSubstr("role staff is not on the target; not carried out: GRANT SELECT"));
  EXPECT_THAT(answer.told(), HasSubstr("not carried out: ALTER SCHEMA desk OWNER TO staff"));
}

TEST_F(DumpRoles, AreAllThatIsLoadedWhenOnlyTheyAreWanted) {
  tell("CREATE DATABASE shop");
  write_cluster_dump(with_roles);
  const Answer answer = recover_into_server({"--globals", "only"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(roles(), "alice postgres staff");
  EXPECT_EQ(asked("SELECT pg_has_role('alice', 'staff', 'member')"), "t");
  EXPECT_EQ(asked("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'alice'"), "7");
  EXPECT_EQ(asked("SELECT rolconfig FROM pg_roles WHERE rolname = 'staff'"), "{work_mem=9MB}");
  EXPECT_EQ(names(), "postgres shop");
  EXPECT_EQ(asked("SELECT count(*) FROM pg_class WHERE relname = 'orders'", "shop"), "0");
  const Outcome undone = box.recover({"rollback", "last", "--yes"});
  EXPECT_EQ(undone.exit, 0) << undone.err;
  EXPECT_EQ(roles(), "postgres");
}

TEST_F(DumpRoles, ADumpOfOneDatabaseHasNone) {
  box.write("source/shop.sql",
            "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (i integer);\n"
            "--\n-- PostgreSQL database dump complete\n--\n\n");
  const Answer answer = recover_into_server({"--globals", "only"});
  EXPECT_EQ(answer.exit, 5) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("a dump of one database has none"));
  EXPECT_EQ(names(), "postgres");
}

TEST_F(DumpRoles, APrivateInstanceCanHaveOnlyRolesOrNone) {
  write_cluster_dump(with_roles);
  const Answer only = recover(major, {"--globals", "only"});
  ASSERT_EQ(only.exit, 0) << only.told();
  EXPECT_EQ(trimmed(sql_through(only.connect(), "SELECT count(*) FROM pg_database WHERE datname = 'shop'")),
            "0");
  EXPECT_EQ(trimmed(sql_through(only.connect(), "SELECT pg_has_role('alice', 'staff', 'member')")), "t");
  ASSERT_EQ(box.recover({"rollback", "last", "--yes"}).exit, 0);
  const Answer none = recover(major, {"--globals", "no"});
  ASSERT_EQ(none.exit, 0) << none.told();
  EXPECT_EQ(trimmed(sql_through(none.connect(), "SELECT count(*) FROM pg_roles WHERE rolname = 'alice'")),
            "0");
  EXPECT_EQ(trimmed(sql_through(none.connect(), "SELECT count(*) FROM orders", "shop")), "2");
}

TEST_F(DumpRoles, OwnersAreLeftToTheTarget) {
  tell("CREATE ROLE loader SUPERUSER LOGIN");
  write_cluster_dump(with_roles);
  const Answer answer =
      recover(major, {"--owner-policy", "target", "--globals", "no", "--target", url("loader")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(owner_of("orders"), "loader");
  EXPECT_EQ(asked("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'"), "loader");
  EXPECT_EQ(asked("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'desk'", "shop"),
            "loader");
  EXPECT_THAT(answer.told(), HasSubstr("owner not set, as asked: alice: 3 of this kind"));
  EXPECT_THAT(answer.told(), HasSubstr("owner not set, as asked: staff"));
}

TEST_F(DumpRoles, BecomeOthersByAMap) {
  tell("CREATE ROLE \"Sales Team\" NOLOGIN CONNECTION LIMIT 3; CREATE ROLE desk_2 NOLOGIN");
  box.write("roles.map", "# old = new\n\nalice = Sales Team\nstaff=desk_2\n");
  write_cluster_dump(with_roles);
  const Answer answer = recover_into_server({"--owner-policy", "map=" + box.path("roles.map")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(roles(), "Sales Team desk_2 postgres");
  EXPECT_EQ(owner_of("orders"), "Sales Team");
  EXPECT_EQ(asked("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'"), "Sales Team");
  EXPECT_EQ(asked("SELECT has_table_privilege('desk_2', 'orders', 'SELECT')", "shop"), "t");
  EXPECT_EQ(asked("SELECT defaclrole::regrole FROM pg_default_acl", "shop"), "\"Sales Team\"");
  EXPECT_EQ(asked("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'Sales Team'"), "3");
}

TEST_F(DumpRoles, AMapThatLeadsNowhereIsRefusedAndWhatItDoesNotNameIsTold) {
  box.write("roles.map", "alice=nobody_here\n");
  box.write("source/shop.sql",
            "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (i integer);\n"
            "ALTER TABLE public.t OWNER TO alice;\nGRANT SELECT ON TABLE public.t TO carol;\n"
            "--\n-- PostgreSQL database dump complete\n--\n\n");
  const Answer refused = recover_into_server({"--owner-policy", "map=" + box.path("roles.map")});
  EXPECT_EQ(refused.exit, 8) << refused.told();
  EXPECT_THAT(ids(refused), Contains("postgresql.role_missing"));
  EXPECT_EQ(names(), "postgres");
  tell("CREATE ROLE nobody_here");
  const Answer answer = recover_into_server({"--owner-policy", "map=" + box.path("roles.map")});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(roles(), "carol nobody_here postgres");
  EXPECT_THAT(answer.check("dump_load").dump(), HasSubstr("carol")) << answer.told();
  for (const char* wrong : {"alice", "alice=a\nalice=b\n", "=x\n"}) {
    box.write("roles.map", wrong);
    EXPECT_EQ(recover_into_server({"--owner-policy", "map=" + box.path("roles.map")}).exit, 64) << wrong;
  }
  EXPECT_EQ(recover_into_server({"--owner-policy", "mine"}).exit, 64);
}

/// The password is typed, and is in no file of the run afterwards.
class TypedPassword : public IntoRunningServer {
 protected:
  static constexpr const char* password = "open:se:sa:me:please";  // as many colons as a line of pgpass

  void SetUp() override {
    IntoRunningServer::SetUp();
    tell(std::string("CREATE ROLE loader SUPERUSER LOGIN PASSWORD '") + password + "'");
    std::ofstream(target_->data() + "/pg_hba.conf")
        << "local all postgres trust\nlocal all all scram-sha-256\n";
    tell("SELECT pg_reload_conf()");
    write_cluster_dump(
        "CREATE DATABASE shop WITH TEMPLATE = template0;\n\\connect shop\nCREATE TABLE public.t (i int);\n");
  }
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> more) const {
    std::vector<std::string> words{RECOVER_PROGRAM, "--state-dir", box.state()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] std::vector<std::string> recovering() const {
    return command({box.source(), "--yes", "--min-free", "100MB", "--bindir", server_programs(major),
                    "--target", url("loader"), "--ask-password", "--log-level", "trace", "--log-file",
                    box.path("log")});
  }
};

TEST_F(TypedPassword, OpensTheServerAndIsStoredNowhere) {
  const Outcome done = run_on_terminal(recovering(), {{"Password", std::string(password) + "\n"}});
  ASSERT_EQ(done.exit, 0) << done.out;
  EXPECT_EQ(names(), "postgres shop");
  EXPECT_THAT(done.out, Not(HasSubstr("please")));
  std::vector<std::string> files{box.path("log")};
  for (const auto& entry : fs::recursive_directory_iterator(box.state())) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  EXPECT_GT(files.size(), 3U);
  for (const std::string& file : files) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    EXPECT_THAT(text.str(), Not(HasSubstr(password))) << file;
  }
  const Outcome without = box.recover({"rollback", "last", "--yes"});
  EXPECT_NE(without.exit, 0);
  EXPECT_THAT(without.err, HasSubstr("--ask-password"));
  const Outcome undone = run_on_terminal(command({"rollback", "last", "--yes", "--ask-password"}),
                                         {{"Password", std::string(password) + "\n"}});
  EXPECT_EQ(undone.exit, 0) << undone.out;
  EXPECT_EQ(names(), "postgres shop__undone");
}

TEST_F(TypedPassword, IsNeverAskedForWhereNobodyCanAnswer) {
  std::vector<std::string> words = recovering();
  words.insert(words.begin(), {"setsid", "--wait"});
  const Outcome outcome = Sandbox::run(words);
  EXPECT_EQ(outcome.exit, 64) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("--password-file"));
  words.emplace_back("--no-input");
  words.erase(words.begin(), words.begin() + 2);
  const Outcome forbidden = run_on_terminal(words);
  EXPECT_EQ(forbidden.exit, 64) << forbidden.out;
  EXPECT_EQ(names(), "postgres");
}

TEST_F(TypedPassword, AWrongOneIsRefusedAndCtrlCAtTheQuestionChangesNothing) {
  const Outcome wrong = run_on_terminal(recovering(), {{"Password", "sesame\n"}});
  EXPECT_NE(wrong.exit, 0) << wrong.out;
  EXPECT_THAT(wrong.out, HasSubstr("password"));
  const Outcome interrupted = run_on_terminal(recovering(), {{"Password", "\x03"}});
  EXPECT_EQ(interrupted.exit, 130) << interrupted.out;
  EXPECT_EQ(names(), "postgres");
}

}  // namespace
}  // namespace recover::test
