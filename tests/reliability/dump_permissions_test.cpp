// What the operator allows a dump to do, takes out of it, and is told of: case R16 the other way round,
// single databases of a cluster dump, and strings that server and splitter would read differently.
#include "tests/support/recovering.hpp"

#include <filesystem>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

constexpr int major = 15;

class Permissions : public Recovering {
 protected:
  Answer load(const std::string& text, const std::vector<std::string>& words = {}) {
    fs::remove_all(box.state());
    box.write("source/shop.sql", "--\n-- PostgreSQL database dump\n--\n\n" + text +
                                     "\n--\n-- PostgreSQL database dump complete\n--\n\n");
    return recover(major, words);
  }
  static std::string said(const Answer& answer) { return answer.check("dump_load").value("evidence", ""); }
};

TEST_F(Permissions, R16_FilesOfTheServerAreReachedOnlyWhereThatIsAllowed) {
  const std::string text = "CREATE TABLE t (i text);\nINSERT INTO t SELECT pg_read_file('PG_VERSION');\n";
  const Answer refused = load(text);
  EXPECT_EQ(refused.exit, 14) << refused.told();
  const Answer allowed = load(text, {"--allow-program"});
  EXPECT_EQ(allowed.exit, 0) << allowed.told();
  EXPECT_THAT(said(allowed), HasSubstr("allowed: pg_read_file() reaches files of the server (line 6)"));
}

TEST_F(Permissions, R16_EachFlagAllowsItsOwnThing) {
  struct Case {
    const char* text;
    const char* flag;
  };
  // What ALTER SYSTEM leaves in a private instance is a setting that is not ours, and ends it all the same.
  const Case cases[] = {{"LOAD 'plpgsql';\n", "--allow-language-c"},
                        {"\\echo hello\n", "--allow-meta-commands"}};
  for (const Case& one : cases) {
    const Answer refused = load(one.text);
    EXPECT_EQ(refused.exit, 14) << one.text << refused.told();
    const Answer allowed = load(one.text, {one.flag});
    EXPECT_EQ(allowed.exit, 0) << one.text << allowed.told();
    EXPECT_THAT(said(allowed), HasSubstr("allowed: ")) << one.text;
  }
}

TEST_F(Permissions, OnlyListedExtensionsAreMadeWhereAListIsGiven) {
  const std::string text = "CREATE EXTENSION hstore;\n";
  const Answer refused = load(text, {"--allow-extensions", "citext,pgcrypto"});
  EXPECT_EQ(refused.exit, 14) << refused.told();
  const Answer allowed = load(text, {"--allow-extensions", "citext,hstore"});
  EXPECT_EQ(allowed.exit, 0) << allowed.told();
}

TEST_F(Permissions, DoBlocksAreCountedNotListed) {
  const Answer answer = load("DO $$ BEGIN END $$;\nDO $$ BEGIN END $$;\nDO $$ BEGIN END $$;\n");
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_load")["verdict"], "warning");
  EXPECT_THAT(said(answer), HasSubstr("a DO block: 3 of this kind, the first in line 5"));
}

TEST_F(Permissions, StringsThatServerAndSplitterReadDifferentlyEndTheLoad) {
  // The server forgets the setting with the transaction; the splitter saw only the SET.
  const Answer answer = load(
      "CREATE TABLE t (i text);\nBEGIN;\nSET standard_conforming_strings = off;\nROLLBACK;\n"
      "INSERT INTO t VALUES ('a');\n");
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(answer.told(),
              HasSubstr("standard_conforming_strings is off in the dump and on in the server"));
  const Answer agreed = load(
      "CREATE TABLE t (i text);\nSET standard_conforming_strings = off;\nSET escape_string_warning = off;\n"
      "INSERT INTO t VALUES ('it\\'s');\n");
  ASSERT_EQ(agreed.exit, 0) << agreed.told();
  EXPECT_EQ(sql_through(agreed.connect(), "SELECT i FROM t", "shop"), "it's\n");
}

TEST_F(Permissions, OneDatabaseOfAClusterDumpComesBackWithItsRoles) {
  std::string text = "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE alice;\nCREATE ROLE bob;\n";
  for (const char* name : {"first", "second", "third"}) {
    const std::string database = name;
    text += "--\n-- PostgreSQL database dump\n--\nCREATE DATABASE " + database + " TEMPLATE template0;\n" +
            "ALTER DATABASE " + database + " OWNER TO alice;\n\\connect " + database + "\n" +
            "COMMENT ON DATABASE " + database + " IS 'of " + database + "';\n" +
            "CREATE TABLE public.t (i int);\nCOPY public.t FROM stdin;\n1\n2\n\\.\n" +
            "--\n-- PostgreSQL database dump complete\n--\n";
  }
  box.write("source/all.sql", text + "--\n-- PostgreSQL database cluster dump complete\n--\n\n");
  const std::string names =
      "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE NOT datistemplate";
  const Answer one = recover(major, {"--database", "second"});
  ASSERT_EQ(one.exit, 0) << one.told();
  EXPECT_EQ(sql_through(one.connect(), names), "postgres,second\n");
  EXPECT_EQ(sql_through(one.connect(), "SELECT count(*) FROM t", "second"), "2\n");
  EXPECT_EQ(sql_through(one.connect(), "SELECT count(*) FROM pg_roles WHERE rolname IN ('alice', 'bob')"),
            "2\n");
  EXPECT_EQ(one.check("dump_rows")["facts"]["tables"], 1) << one.told();
  stop_servers_below(box.state());
  fs::remove_all(box.state());
  const Answer others = recover(major, {"--exclude-database", "s*"});
  ASSERT_EQ(others.exit, 0) << others.told();
  EXPECT_EQ(sql_through(others.connect(), names), "first,postgres,third\n");
  stop_servers_below(box.state());
  fs::remove_all(box.state());
  const Answer none = recover(major, {"--database", "fourth"});
  EXPECT_EQ(none.exit, 5) << none.told();
  EXPECT_THAT(none.told(), HasSubstr("fourth"));
}

}  // namespace
}  // namespace recover::test
