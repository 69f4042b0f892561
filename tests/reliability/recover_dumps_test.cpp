// A dump in, a running server out, and the proof that they are equal: a dump of the recovered server is the
// same text as a dump of the original one, whatever form the dump had in between.
#include "tests/support/recovering.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;  // Debian 12 has its clients

std::string client(const std::string& name) {
  return "/usr/lib/postgresql/15/bin/" + name;
}

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// A dump without what differs from one run to the next (the key of \restrict).
std::string comparable(const std::string& dump) {
  return std::regex_replace(dump, std::regex("\n\\\\(un)?restrict [^\n]*"), "");
}

std::string run_client(const std::vector<std::string>& command) {
  const Outcome outcome = Sandbox::run(command, "/", "postgres");
  if (outcome.exit != 0) throw std::runtime_error(command[0] + ": " + outcome.err);
  return outcome.out;
}

/// The directory behind "psql -h DIR ...".
std::string sockets_of(const std::string& connect_line) {
  std::istringstream words(connect_line);
  std::string word;
  while (words >> word) {
    if (word == "-h" && words >> word) return word;
  }
  return {};
}

class Dumps : public Recovering {
 protected:
  /// A server with every kind of object.
  void SetUp() override {
    original_ = std::make_unique<Cluster>(box, major, "original");
    original_->start();
    fs::create_directories(box.path("dumps"));
    fs::permissions(box.path("dumps"), fs::perms::all);
    run_script("every-role", "postgres");
    run_script("every-object", "everything");
    static_cast<void>(original_->sql("CREATE TABLE kept (t text); INSERT INTO kept VALUES ('in postgres')"));
  }

  void run_script(const std::string& name, const std::string& database) {
    box.write("dumps/" + name + ".sql", content(RECOVER_SOURCE "/tests/fixtures/" + name + ".sql"));
    run_client({client("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", original_->sockets(), "-U", "postgres",
                "-d", database, "-f", box.path("dumps/" + name + ".sql")});
  }

  /// Runs pg_dump or pg_dumpall into a file of the source; `words` are added.
  void dump_to(const std::string& name, const std::string& program, std::vector<std::string> words) {
    const std::string made = box.path("dumps/" + name);
    words.insert(words.begin(), {client(program), "-h", original_->sockets(), "-U", "postgres", "-f", made});
    run_client(words);
    fs::create_directories(box.source());
    fs::rename(made, box.source() + "/" + name);
  }
  void compress(const std::string& name, const std::string& program) {
    const Outcome done = Sandbox::run({program, "-q", box.source() + "/" + name});
    ASSERT_EQ(done.exit, 0) << done.err << ": install the package of " << program;
    fs::remove(box.source() + "/" + name);
  }

  std::string dump_of(const std::string& sockets, const std::string& database) {
    return comparable(run_client({client("pg_dump"), "-h", sockets, "-U", "postgres", "-C", database}));
  }
  std::string globals_of(const std::string& sockets) {
    return comparable(run_client({client("pg_dumpall"), "-h", sockets, "-U", "postgres", "--globals-only"}));
  }
  void expect_equal(const std::string& original, const std::string& recovered) {
    if (original == recovered) return;
    box.write("one.sql", original);
    box.write("other.sql", recovered);
    ADD_FAILURE() << Sandbox::run({"diff", box.path("one.sql"), box.path("other.sql")}).out.substr(0, 4000);
  }

  std::unique_ptr<Cluster> original_;
};

TEST_F(Dumps, AClusterDumpComesBackWhole) {
  dump_to("all.sql", "pg_dumpall", {});
  compress("all.sql", "gzip");
  box.protect(box.source());
  const Answer answer = recover(major, {"--verify", "full"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
  EXPECT_EQ(answer.check("dump_contents")["verdict"], "passed") << answer.told();
  const std::string sockets = sockets_of(answer.connect());
  for (const char* database : {"everything", "postgres"})
    expect_equal(dump_of(original_->sockets(), database), dump_of(sockets, database));
  expect_equal(globals_of(original_->sockets()), globals_of(sockets));
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
  const auto objects = [&](const std::string& server) {
    return comparable(run_client({client("pg_dump"), "-h", server, "-U", "postgres", "everything"}));
  };
  const std::string expected = objects(original_->sockets());
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
    EXPECT_EQ(answer.check("dump_rows")["verdict"], "passed") << answer.told();
    expect_equal(expected, objects(sockets_of(answer.connect())));
    EXPECT_EQ(tree_digest(box.source()), digest) << "the source was touched";
    stop_servers_below(box.state());
    fs::remove_all(box.state());
  }
}

TEST_F(Dumps, ADumpThatIsCutAnywhereIsNeverASuccess) {
  dump_to("all.sql", "pg_dumpall", {});
  const std::string whole = content(box.source() + "/all.sql");
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
  std::string text = content(box.source() + "/all.sql");
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

TEST_F(Dumps, AnExtensionThatIsNotInstalledIsNamed) {
  dump_to("everything.sql", "pg_dump", {"everything"});
  std::string text = content(box.source() + "/everything.sql");
  text.insert(text.find("CREATE EXTENSION"), "CREATE EXTENSION timetravel_of_nobody WITH SCHEMA public;\n");
  box.write("source/everything.sql", text);
  const Answer answer = recover(major);
  EXPECT_EQ(answer.exit, 6) << answer.told();
  EXPECT_THAT(ids(answer), Contains("postgresql.extension_missing")) << answer.told();
  EXPECT_THAT(answer.told(), HasSubstr("timetravel_of_nobody"));
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
  std::string text = content(box.source() + "/everything.sql");
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
