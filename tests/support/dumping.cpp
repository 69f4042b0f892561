// Dumping and comparing. Two servers are equal when pg_dump says the same of both, letter by letter: that is
// what a person would compare, and it leaves out nothing that a dump can hold.
#include "tests/support/dumping.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace recover::test {

namespace fs = std::filesystem;

std::string client_programs(int major) {
  if (major == 15) return "/usr/lib/postgresql/15/bin";
  static const std::string suites = fixture("postgresql-debian");
  return fs::canonical(suites + "/" + std::to_string(major) + "-bin").string();
}

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string comparable(const std::string& dump) {
  std::istringstream lines(dump);
  std::string kept;
  kept.reserve(dump.size());
  for (std::string line; std::getline(lines, line);) {
    const bool varies = line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ") ||
                        line.starts_with("-- Dumped from database version ");
    if (!varies) kept += line + "\n";
  }
  return kept;
}

std::string sockets_of(const std::string& connect_line) {
  std::istringstream words(connect_line);
  std::string word;
  while (words >> word) {
    if (word == "-h" && words >> word) return word;
  }
  return {};
}

std::string run_client(const std::vector<std::string>& command) {
  const Outcome outcome = Sandbox::run(command, "/", "postgres");
  if (outcome.exit != 0) throw std::runtime_error(command[0] + ": " + outcome.err.substr(0, 4000));
  return outcome.out;
}

void expect_equal(const std::string& expected, const std::string& found, const Sandbox& box) {
  if (expected == found) return;
  box.write("expected.sql", expected);
  box.write("found.sql", found);
  ADD_FAILURE()
      << Sandbox::run({"diff", box.path("expected.sql"), box.path("found.sql")}).out.substr(0, 4000);
}

std::string dump_of(const DumpedServer& server, const std::string& database,
                    const std::vector<std::string>& words) {
  std::vector<std::string> command{client_programs(server.clients) + "/pg_dump", "-h", server.sockets, "-U",
                                   "postgres"};
  command.insert(command.end(), words.begin(), words.end());
  command.push_back(database);
  return comparable(run_client(command));
}

std::string globals_of(const DumpedServer& server) {
  return comparable(run_client({client_programs(server.clients) + "/pg_dumpall", "-h", server.sockets, "-U",
                                "postgres", "--globals-only"}));
}

void run_by_psql(const std::string& file, const DumpedServer& server, const std::string& database) {
  run_client({client_programs(server.clients) + "/psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-h", server.sockets,
              "-U", "postgres", "-d", database, "-f", file});
}

void expect_every_kind_compared(const Answer& answer) {
  const auto check = answer.check("dump_objects");
  EXPECT_EQ(check.value("verdict", ""), "passed") << answer.told();
  EXPECT_THAT(check.value("evidence", ""), ::testing::Not(::testing::HasSubstr("not compared")));
}

void Dumping::run_fixture(const std::string& name, const Cluster& cluster, const std::string& database) {
  box.write("dumps/" + name + ".sql", content_of(RECOVER_SOURCE "/tests/fixtures/" + name + ".sql"));
  fs::permissions(box.path("dumps"), fs::perms::all);
  run_by_psql(box.path("dumps/" + name + ".sql"), {cluster.sockets(), 15}, database);
}

void Dumping::dump_to(const std::string& name, const std::string& program, std::vector<std::string> words,
                      const DumpedServer& server) const {
  fs::create_directories(box.path("dumps"));
  fs::permissions(box.path("dumps"), fs::perms::all);
  const std::string made = box.path("dumps/" + fs::path(name).filename().string());
  words.insert(words.begin(), {client_programs(server.clients) + "/" + program, "-h", server.sockets, "-U",
                               "postgres", "-f", made});
  run_client(words);
  fs::create_directories(fs::path(box.source() + "/" + name).parent_path());
  fs::rename(made, box.source() + "/" + name);
}

void EveryObject::SetUp() {
  original_ = std::make_unique<Cluster>(box, 15, "original");
  original_->start();
  run_fixture("every-role", *original_, "postgres");
  run_fixture("every-object", *original_, "everything");
  static_cast<void>(original_->sql("CREATE TABLE kept (t text); INSERT INTO kept VALUES ('in postgres')"));
}

void EveryObject::compress(const std::string& name, const std::string& program) {
  const Outcome done = Sandbox::run({program, "-q", box.source() + "/" + name});
  ASSERT_EQ(done.exit, 0) << done.err << ": install the package of " << program;
  fs::remove(box.source() + "/" + name);
}

}  // namespace recover::test
