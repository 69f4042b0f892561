// The options of pg_dump and pg_dumpall that change what a dump looks like: each dump is loaded by psql into
// one database and by recover into another, and both are dumped again.
#include "tests/support/dumping.hpp"

#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

namespace fs = std::filesystem;

struct Way {
  std::vector<std::vector<std::string>>
      dumps;              ///< words of pg_dump; several are written one behind the other
  bool gives_all = true;  ///< the result is the original, not only what psql makes
};

class DumpOptions : public EveryObject {
 protected:
  /// The dumps of `way` as one script in the source.
  void dump_as(const Way& way) {
    fs::remove_all(box.source());
    fs::create_directories(box.source());
    std::string text;
    for (auto words : way.dumps) {
      words.emplace_back("everything");
      dump_to("everything.sql", "pg_dump", words);
      text += content_of(box.source() + "/everything.sql");
    }
    std::ofstream(box.source() + "/everything.sql", std::ios::binary) << text;
  }

  void expect_what_psql_makes(const Way& way) {
    SCOPED_TRACE(way.dumps.front().front());
    dump_as(way);
    // One after the other: a database with a subscription cannot be dropped.
    const std::string by_psql = "by_psql_" + std::to_string(++made_);
    static_cast<void>(original_->sql("CREATE DATABASE " + by_psql + " TEMPLATE template0"));
    run_by_psql(box.source() + "/everything.sql", server(), by_psql);
    const Answer answer = recover(15, {"--verify", "full"});
    ASSERT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
    EXPECT_NE(answer.check("dump_objects").value("verdict", "failed"), "failed") << answer.told();
    if (way.gives_all) expect_every_kind_compared(answer);
    const std::string ours = dump_of({sockets_of(answer.connect())}, "everything");
    expect_equal(dump_of(server(), by_psql), ours, box);
    if (way.gives_all) expect_equal(dump_of(server(), "everything"), ours, box);
    stop_servers_below(box.state());
    fs::remove_all(box.state());
  }

 private:
  int made_ = 0;
};

TEST_F(DumpOptions, OfHowRowsAreWritten) {
  for (const Way& way :
       std::vector<Way>{{{{"--column-inserts", "--on-conflict-do-nothing"}}},
                        {{{"--column-inserts", "--load-via-partition-root", "--rows-per-insert=7"}}},
                        {{{"--encoding=LATIN1"}}},
                        {{{"--enable-row-security", "--serializable-deferrable"}}}}) {
    expect_what_psql_makes(way);
  }
}

TEST_F(DumpOptions, OfHowStatementsAreWritten) {
  for (const Way& way :
       std::vector<Way>{{{{"--quote-all-identifiers", "--disable-dollar-quoting"}}},
                        {{{"--no-owner", "--no-privileges", "--no-comments"}}, false},
                        {{{"--no-publications", "--no-subscriptions", "--no-tablespaces",
                           "--no-table-access-method", "--no-unlogged-table-data", "--no-toast-compression"}},
                         false}}) {
    expect_what_psql_makes(way);
  }
}

TEST_F(DumpOptions, SectionsOneBehindTheOther) {
  expect_what_psql_makes({{{"--section=pre-data"}, {"--section=data"}, {"--section=post-data"}}});
}

TEST_F(DumpOptions, SectionsInFilesOfTheirOwn) {
  const std::string expected = dump_of(server(), "everything");
  const char* last = "03-everything-post-data.sql";
  for (const bool has_all : {false, true}) {
    fs::remove_all(box.source());
    dump_to("01-everything-pre-data.sql", "pg_dump", {"--section=pre-data", "everything"});
    dump_to("02-everything-data.sql", "pg_dump", {"--section=data", "everything"});
    if (has_all) dump_to(last, "pg_dump", {"--section=post-data", "everything"});
    compress("02-everything-data.sql", "gzip");
    if (has_all) box.protect(box.source());
    const Answer answer = recover(15, {"--verify", "full"});
    if (!has_all) {  // apart they mean nothing: no row has a table
      EXPECT_NE(answer.exit, 0) << answer.told();
    } else {
      ASSERT_EQ(answer.exit, 0) << answer.told();
      expect_every_kind_compared(answer);
      EXPECT_EQ(answer.document["databases"].size(), 1U) << answer.told();
      expect_equal(expected, dump_of({sockets_of(answer.connect())}, "everything"), box);
    }
    stop_servers_below(box.state());
    fs::remove_all(box.state());
  }
}

TEST_F(DumpOptions, KeysAndTriggersThatAreThereBeforeTheRows) {
  expect_what_psql_makes({{{"--schema-only"}, {"--data-only", "--disable-triggers"}}, false});
}

TEST_F(DumpOptions, ArchivesOfEverySort) {
  const std::string expected = dump_of(server(), "everything");
  const std::vector<std::vector<std::string>> forms{
      {"-Fc", "-Z0"}, {"-Fc", "--inserts", "--clean"}, {"-Fd", "-j2", "-Z1"}};
  for (auto words : forms) {
    SCOPED_TRACE(words[0] + words[1]);
    fs::remove_all(box.source());
    const std::string name = words[0] == "-Fd" ? "everything.dir" : "everything.dump";
    words.emplace_back("everything");
    dump_to(name, "pg_dump", words);
    const Answer answer = recover(15);
    ASSERT_EQ(answer.exit, 0) << answer.told();
    expect_every_kind_compared(answer);
    expect_equal(expected, dump_of({sockets_of(answer.connect())}, "everything"), box);
    stop_servers_below(box.state());
    fs::remove_all(box.state());
  }
}

TEST_F(DumpOptions, OfAWholeCluster) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"--clean", "--if-exists"}, {"--clean"}, {"--inserts", "--quote-all-identifiers"}}) {
    SCOPED_TRACE(words.front());
    dump_to("all.sql", "pg_dumpall", words);
    const Answer answer = recover(15);
    ASSERT_EQ(answer.exit, 0) << answer.told();
    expect_every_kind_compared(answer);
    const DumpedServer ours{sockets_of(answer.connect())};
    for (const char* database : {"everything", "postgres"})
      expect_equal(dump_of(server(), database, {"-C"}), dump_of(ours, database, {"-C"}), box);
    expect_equal(globals_of(server()), globals_of(ours), box);
    stop_servers_below(box.state());
    fs::remove_all(box.state());
  }
}

}  // namespace
}  // namespace recover::test
