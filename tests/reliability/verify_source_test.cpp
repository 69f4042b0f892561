// recover verify SOURCE: whole dumps and clusters pass, damaged ones are named with their place, a sample is
// restored into a server that is gone afterwards. Cases R11 to R14 of the reliability list.
#include "tests/support/recovering.hpp"
#include "tests/support/started.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace recover::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int major = 15;

/// A cluster dump in the form of pg_dumpall: a role, and databases with one table of so many rows.
std::string cluster_dump(const std::vector<std::pair<std::string, int>>& databases) {
  std::string text = "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE alice;\n";
  for (const auto& [name, rows] : databases) {
    text += "--\n-- Database \"" + name + "\" dump\n--\n\n--\n-- PostgreSQL database dump\n--\n\n";
    text += "CREATE DATABASE " + name + " WITH TEMPLATE = template0 ENCODING = 'UTF8';\n";
    text += "ALTER DATABASE " + name + " OWNER TO alice;\n\\connect " + name + "\n\n";
    text += "SET search_path = '';\nCREATE TABLE public.t (i integer, name text);\n";
    text += "COPY public.t (i, name) FROM stdin;\n";
    for (int i = 0; i < rows; ++i) text += std::to_string(i) + "\trow " + std::to_string(i) + "\n";
    text += "\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n";
  }
  return text + "--\n-- PostgreSQL database cluster dump complete\n--\n\n";
}

const std::vector<std::pair<std::string, int>> six_databases{
    {"tiny", 1}, {"small", 10}, {"middle", 100}, {"wide", 1000}, {"large", 5000}, {"huge", 20000}};

class VerifySource : public Recovering {
 protected:
  /// recover verify WORDS --json.
  Answer verify(std::vector<std::string> words) {
    words.insert(words.begin(), "verify");
    for (const char* word : {"--json", "--min-free", "100MB", "--bindir"}) words.emplace_back(word);
    words.push_back(server_programs(major));
    const Outcome outcome = box.recover(words);
    Answer answer{outcome.exit, nlohmann::json::parse(outcome.out, nullptr, false), outcome.err};
    if (answer.document.is_discarded()) answer.document = nlohmann::json{{"not_json", outcome.out}};
    return answer;
  }
  static nlohmann::json check_of(const nlohmann::json& item, const std::string& name) {
    for (const auto& check : item.value("checks", nlohmann::json::array())) {
      if (check["name"] == name) return check;
    }
    return nlohmann::json::object();
  }
  static nlohmann::json finding(const Answer& answer) {
    const auto all = answer.document.value("findings", nlohmann::json::array());
    return all.empty() ? nlohmann::json::object() : all[0];
  }
  void gzip(const std::string& name) {
    const Outcome done = Sandbox::run({"gzip", box.source() + "/" + name});
    ASSERT_EQ(done.exit, 0) << done.err;
  }
  std::string content(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(box.source() + "/" + name, std::ios::binary).rdbuf();
    return text.str();
  }
  /// Nothing of a restore test is left: no file, no process.
  void expect_nothing_left() {
    const std::string tests = box.state() + "/restore-tests";
    EXPECT_TRUE(!fs::exists(tests) || fs::is_empty(tests));
    EXPECT_EQ(processes_below(box.state()), 0);
    EXPECT_TRUE(!fs::exists(box.state() + "/instances") || fs::is_empty(box.state() + "/instances"));
  }
};

TEST_F(VerifySource, AWholeDumpIsReadToItsEndAndNothingIsWritten) {
  box.write("source/all.sql", cluster_dump(six_databases));
  gzip("all.sql");
  box.protect(box.source());
  const Answer answer = verify({box.source()});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  const auto read = check_of(finding(answer), "dump_read");
  EXPECT_EQ(read["verdict"], "passed") << answer.told();
  EXPECT_EQ(read["facts"]["rows_of_dump"], 26111);
  EXPECT_EQ(read["facts"]["tables"], 6);
  EXPECT_EQ(finding(answer)["databases"].size(), 6U);
  EXPECT_FALSE(fs::exists(box.state()));
}

TEST_F(VerifySource, R11_ACutWithinRowsIsToldWithTableAndRow) {
  const std::string whole = cluster_dump({{"shop", 2000}});
  box.write("source/all.sql", whole.substr(0, whole.find("1205\trow 1205")));
  gzip("all.sql");
  const Answer answer = verify({box.source()});
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_EQ(finding(answer)["verdict"], "failed");
  const auto read = check_of(finding(answer), "dump_read");
  EXPECT_EQ(read["error"]["code"], "dump.truncated") << answer.told();
  EXPECT_THAT(std::string(read["evidence"]), HasSubstr("in table public.t after 1205 rows"));
}

TEST_F(VerifySource, R12_AMissingEndMarkerIsDamage) {
  const std::string whole = cluster_dump({{"shop", 10}});
  box.write("source/all.sql", whole.substr(0, whole.rfind("--\n-- PostgreSQL database cluster dump comp")));
  gzip("all.sql");
  const Answer answer = verify({box.source()});
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_EQ(check_of(finding(answer), "dump_read")["error"]["code"], "dump.truncated") << answer.told();
}

TEST_F(VerifySource, R13_ACustomArchiveThatIsCutAnywhereIsDamage) {
  Cluster server(box, major, "original");
  server.start();
  static_cast<void>(server.sql("CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i"));
  static_cast<void>(server.sql("CREATE TABLE u AS SELECT i FROM generate_series(1, 10) i"));
  const Outcome dumped = Sandbox::run(
      {"/usr/lib/postgresql/15/bin/pg_dump", "-Fc", "-h", server.sockets(), "-U", "postgres", "postgres"},
      "/", "postgres");
  ASSERT_EQ(dumped.exit, 0) << dumped.err;
  box.write("source/whole.dump", dumped.out);
  const Answer whole = verify({box.source()});
  ASSERT_EQ(whole.exit, 0) << whole.told();
  EXPECT_EQ(check_of(finding(whole), "dump_read")["facts"]["rows_of_dump"], 20010) << whole.told();
  EXPECT_EQ(check_of(finding(whole), "dump_structure")["verdict"], "passed");
  for (const double part : {0.3, 0.9, 0.9999}) {
    const auto length = static_cast<std::size_t>(part * static_cast<double>(dumped.out.size()));
    box.write("source/whole.dump", dumped.out.substr(0, length));
    const Answer cut = verify({box.source()});
    EXPECT_EQ(cut.exit, 3) << part << cut.told();
  }
}

TEST_F(VerifySource, R14_GarbageBehindGzipWarnsAMissingChecksumIsDamage) {
  box.write("source/all.sql", cluster_dump({{"shop", 100}}));
  gzip("all.sql");
  const std::string whole = content("all.sql.gz");
  box.write("source/all.sql.gz", whole + "garbage behind it");
  const Answer garbage = verify({box.source()});
  EXPECT_EQ(garbage.exit, 0) << garbage.told();
  EXPECT_EQ(check_of(finding(garbage), "dump_compressor")["verdict"], "warning") << garbage.told();
  box.write("source/all.sql.gz", whole.substr(0, whole.size() - 8));
  const Answer cut = verify({box.source()});
  EXPECT_EQ(cut.exit, 3) << cut.told();
  std::string flipped = whole;
  flipped[flipped.size() - 8] = static_cast<char>(flipped[flipped.size() - 8] ^ 1);
  box.write("source/all.sql.gz", flipped);
  const Answer wrong = verify({box.source()});
  EXPECT_EQ(wrong.exit, 3) << wrong.told();
}

TEST_F(VerifySource, ADataDirectoryIsReadPageByPage) {
  Cluster server(box, major, "original");
  server.start();
  server.fill();
  const std::string table = server.sql("SELECT pg_relation_filepath('pg_class')");
  server.stop();
  fs::create_directories(box.source());
  copy_tree(server.data(), box.source() + "/data");
  const Answer good = verify({box.source()});
  ASSERT_EQ(good.exit, 0) << good.told();
  EXPECT_EQ(check_of(finding(good), "page_checksums")["verdict"], "passed") << good.told();
  std::fstream file(box.source() + "/data/" + table.substr(0, table.find('\n')),
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(5000);
  file.put('\x5a');
  file.close();
  const Answer bad = verify({box.source()});
  EXPECT_EQ(bad.exit, 3) << bad.told();
  EXPECT_EQ(check_of(finding(bad), "page_checksums")["verdict"], "failed") << bad.told();
}

TEST_F(VerifySource, ASampleIsRestoredComparedAndGone) {
  box.write("source/all.sql", cluster_dump(six_databases));
  gzip("all.sql");
  box.protect(box.source());
  std::set<std::string> chosen;
  for (int round = 0; round < 2; ++round) {
    const Answer answer = verify({box.source(), "--restore-test", "--sample-seed", "7"});
    ASSERT_EQ(answer.exit, 0) << answer.told();
    const auto test = answer.document["restore_test"];
    EXPECT_EQ(test["databases"], 6);
    EXPECT_EQ(test["databases_restored"], 3);
    ASSERT_EQ(test["items"].size(), 1U);
    EXPECT_EQ(check_of(test["items"][0], "dump_contents")["verdict"], "passed") << answer.told();
    EXPECT_EQ(check_of(test["items"][0], "dump_rows")["facts"]["tables"], 3) << answer.told();
    std::set<std::string> names;
    for (const auto& name : test["items"][0]["databases"]) names.insert(name);
    EXPECT_EQ(names.count("large") + names.count("huge"), 1U) << "one of the two largest";
    if (round == 0) chosen = names;
    EXPECT_EQ(names, chosen) << "the same seed chooses the same";
    expect_nothing_left();
  }
  const Outcome told = box.recover({"verify", box.source(), "--test-restore", "--sample", "2", "--min-free",
                                    "100MB", "--bindir", server_programs(major)});
  EXPECT_THAT(told.out, HasSubstr("2 of 6 databases were restored and compared; 4 were only read"))
      << told.err;
}

TEST_F(VerifySource, ADataDirectoryIsRestoredForATestAndNothingIsLeft) {
  Cluster server(box, major, "original");
  server.start();
  server.fill();
  server.kill();
  fs::create_directories(box.source());
  copy_tree(server.data(), box.source() + "/data");
  box.protect(box.source());
  const Answer answer = verify({box.source(), "--restore-test", "--sample", "100%"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  EXPECT_EQ(answer.document["restore_test"]["passed"], true) << answer.told();
  expect_nothing_left();
}

TEST_F(VerifySource, WhatAKilledTestLeavesIsSwept) {
  box.write("source/all.sql", cluster_dump({{"shop", 300000}}));
  Started test({"--state-dir", box.state(), "verify", box.source(), "--restore-test", "--min-free", "100MB",
                "--bindir", server_programs(major)});
  const std::string tests = box.state() + "/restore-tests";
  int seen = 0;  // making a cluster is a row of short-lived processes: what was seen may be gone at once
  for (int i = 0; i < 1200 && seen == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (fs::exists(tests)) seen = processes_below(tests);
  }
  ASSERT_GT(seen, 0) << "no server was started";
  test.end(SIGKILL);
  EXPECT_TRUE(wait_until_idle(tests));
  ASSERT_FALSE(fs::is_empty(tests));
  const Outcome swept = box.recover({"cleanup", "--yes"});
  EXPECT_EQ(swept.exit, 0) << swept.err;
  expect_nothing_left();
}

TEST_F(VerifySource, ABrokenRestoreIsNotRestorable) {
  std::string text = cluster_dump({{"shop", 10}});
  text.insert(text.find("COPY public.t"), "CREATE INDEX broken ON public.nowhere (i);\n");
  box.write("source/all.sql", text);
  const Answer answer = verify({box.source(), "--restore-test"});
  EXPECT_EQ(answer.exit, 3) << answer.told();
  EXPECT_EQ(answer.document["restore_test"]["passed"], false);
  EXPECT_THAT(ids(answer), Contains("postgresql.statement_failed"));
  expect_nothing_left();
}

}  // namespace
}  // namespace recover::test
