// A dump in, a running server out, and the proof that they are equal: a dump of the recovered server is the
// same text as a dump of the original one, whatever form the dump had in between.
#include "tests/support/dumping.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;  // Debian 12 has its clients

using Dumps = EveryObject;

TEST_F(Dumps, AClusterDumpComesBackWhole) {
  dump_to("all.sql", "pg_dumpall", {});
  compress("all.sql", "gzip");
  box.protect(box.source());
  const Answer answer = recover(major, {"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  expect_every_kind_compared(answer);
  const std::string sockets = sockets_of(answer.connect());
  for (const char* database : {"everything", "postgres"})
    expect_equal(dump_of(server(), database, {"-C"}), dump_of({sockets}, database, {"-C"}), box);
  expect_equal(globals_of(server()), globals_of({sockets}), box);
}

struct Form {
  std::string file;
  std::vector<std::string> words;
  std::string compressor;
};

const std::vector<Form>& every_form() {
  static const std::vector<Form> forms{{"everything.sql", {}, ""},
                                       {"everything.sql", {"-C"}, "gzip"},
                                       {"everything.sql", {}, "zstd"},
                                       {"everything.sql", {}, "xz"},
                                       {"everything.sql", {}, "bzip2"},
                                       {"everything.sql", {"--inserts"}, ""},
                                       {"everything.sql", {"--rows-per-insert=100"}, ""},
                                       {"everything.sql", {"--clean"}, ""},
                                       {"everything.sql", {"--load-via-partition-root"}, ""},
                                       {"everything.dump", {"-Fc"}, ""},
                                       {"everything.dir", {"-Fd"}, ""},
                                       {"everything.tar", {"-Ft"}, ""}};
  return forms;
}

TEST_F(Dumps, EveryFormGivesTheSameDatabase) {
  // Without -C a dump does not know the properties of the database itself, so they are not compared.
  const std::string expected = dump_of(server(), "everything");
  for (const Form& form : every_form()) {
    auto words = form.words;
    words.emplace_back("everything");
    SCOPED_TRACE(form.file + " " + words.front() + " " + form.compressor);
    fs::remove_all(box.source());
    dump_to(form.file, "pg_dump", words);
    if (!form.compressor.empty()) compress(form.file, form.compressor);
    const std::string digest = tree_digest(box.source());
    const Answer answer = recover(major, {"--verify", "full"});
    ASSERT_EQ(answer.exit, 0) << answer.told();
    expect_every_kind_compared(answer);
    EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
    expect_equal(expected, dump_of({sockets_of(answer.connect())}, "everything"), box);
    EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
    stop_servers_below(box.state());
    fs::remove_all(box.state());
  }
}

TEST_F(Dumps, ADumpThatIsCutAnywhereIsNeverASuccess) {
  dump_to("all.sql", "pg_dumpall", {});
  const std::string whole = content_of(box.source() + "/all.sql");
  for (const double part : {0.2, 0.5, 0.9, 0.999}) {
    std::ofstream(box.source() + "/all.sql", std::ios::binary)
        << whole.substr(0, static_cast<std::size_t>(part * static_cast<double>(whole.size())));
    const Answer answer = recover(major);
    EXPECT_EQ(answer.exit, 3) << part << answer.told();
    EXPECT_THAT(ids(answer), Contains("postgresql.dump_incomplete")) << answer.told();
    EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances")) << part;
  }
}

TEST_F(Dumps, ACompressedOneThatIsCutIsNeverASuccess) {
  dump_to("all.sql", "pg_dumpall", {});
  compress("all.sql", "gzip");
  fs::resize_file(box.source() + "/all.sql.gz", fs::file_size(box.source() + "/all.sql.gz") / 2);
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(ids(answer), Contains("archive.truncated")) << answer.told();
}

TEST_F(Dumps, AMetaCommandIsRefusedWithItsLineAndNeverRun) {
  dump_to("all.sql", "pg_dumpall", {});
  const std::string marker = box.path("marker");
  std::string text = content_of(box.source() + "/all.sql");
  text.insert(text.find("CREATE ROLE"), "\\! touch " + marker + "\n");
  box.write("source/all.sql", text);
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 14) << answer.told();
  EXPECT_THAT(ids(answer), Contains("dump.meta_command_refused")) << answer.told();
  EXPECT_FALSE(fs::exists(marker));
}

TEST_F(Dumps, OfNightlyDumpsTheNewestComesBackAndTheOthersAreTold) {
  dump_to("all-2026-11-20.sql", "pg_dumpall", {});
  static_cast<void>(original_->sql("INSERT INTO kept VALUES ('a day later')"));
  dump_to("all-2026-11-21.sql", "pg_dumpall", {});
  fs::last_write_time(box.source() + "/all-2026-11-20.sql",
                      fs::last_write_time(box.source() + "/all-2026-11-21.sql") - std::chrono::hours(24));
  const Answer answer = recover(major);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(sql_through(answer.connect(), "SELECT count(*) FROM kept"), "2\n");
  EXPECT_THAT(answer.told(), HasSubstr("another copy of the same database was chosen"));
}

TEST_F(Dumps, R26_AnExtensionThatIsNotInstalledIsNamedBeforeAnythingIsStarted) {
  for (const char* form : {"everything.sql", "everything.dump"}) {
    // The archive is of a server whose control files were there when it was made.
    const std::string control = "/usr/share/postgresql/15/extension/timetravel_of_nobody.control";
    std::ofstream(control) << "default_version = '1'\n";
    std::ofstream("/usr/share/postgresql/15/extension/timetravel_of_nobody--1.sql") << "SELECT 1;\n";
    static_cast<void>(original_->sql("CREATE EXTENSION IF NOT EXISTS timetravel_of_nobody", "everything"));
    dump_to(form, "pg_dump", {std::string(form).ends_with("dump") ? "-Fc" : "-Fp", "everything"});
    fs::remove(control);
    fs::remove("/usr/share/postgresql/15/extension/timetravel_of_nobody--1.sql");
    const Answer answer = recover(major);
    EXPECT_EQ(answer.exit, 6) << answer.told();
    EXPECT_THAT(ids(answer), Contains("postgresql.extension_missing")) << answer.told();
    EXPECT_THAT(answer.told(), HasSubstr("timetravel_of_nobody"));
    EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances"));
    fs::remove_all(box.source());
  }
}

TEST_F(Dumps, AnOwnerThatTheDumpDoesNotDefineIsMadeAndTold) {
  dump_to("everything.sql", "pg_dump", {"everything"});
  const Answer answer = recover(major);
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_load")["verdict"], "warning");
  EXPECT_EQ(sql_through(answer.connect(), "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'alice'"), "f\n");
}

TEST_F(Dumps, ARowThatTheServerRefusesEndsItWithItsLine) {
  dump_to("everything.sql", "pg_dump", {"everything"});
  std::string text = content_of(box.source() + "/everything.sql");
  const std::size_t at = text.find("COPY shop.cats");
  ASSERT_NE(at, std::string::npos);
  text.insert(text.find('\n', at) + 1, "cat\tnot a number\t9\n");
  box.write("source/everything.sql", text);
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.statement_failed")) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("invalid input syntax"));
}

}  // namespace
}  // namespace recover::test
