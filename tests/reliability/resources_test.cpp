// What a run may use of the machine, asked of the servers themselves: the rows of these dumps are computed by
// the session that loads them, and say how many sessions there were, what memory they had and with what
// priority they ran.
#include "tests/support/running_server.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace recover::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* head = "--\n-- PostgreSQL database dump\n--\n\n";
constexpr const char* tail = "--\n-- PostgreSQL database dump complete\n--\n\n";

/// Three tables; each row waits a minute at most until so many sessions wait in the same way.
std::string meeting(int sessions) {
  std::string text = head;
  text += R"(CREATE FUNCTION public.meet(mine integer, others integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_advisory_lock(mine);
  FOR turn IN 1..1200 LOOP
    IF (SELECT count(DISTINCT pid) FROM pg_catalog.pg_locks WHERE locktype = 'advisory') >= others THEN
      RETURN 'met';
    END IF;
    PERFORM pg_catalog.pg_sleep(0.05);
  END LOOP;
  RETURN 'alone';
END$$;
)";
  const std::vector<std::string> tables{"a", "b", "c"};
  for (const std::string& name : tables)
    text += "CREATE TABLE public." + name + " (met text, pid integer, memory text);\n";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    text += "INSERT INTO public." + tables[i] + " VALUES (public.meet(" + std::to_string(i) + ", " +
            std::to_string(sessions) +
            "), pg_catalog.pg_backend_pid(), pg_catalog.current_setting('maintenance_work_mem'));\n";
  }
  return text + tail;
}

constexpr const char* rows_of_all = "(SELECT * FROM a UNION ALL SELECT * FROM b UNION ALL SELECT * FROM c) t";

class Resources : public IntoRunningServer {
 protected:
  void SetUp() override { fs::create_directories(box.source()); }
  [[nodiscard]] std::string config(const std::string& text) const {
    box.write("recover.conf", text);
    return box.path("recover.conf");
  }
  /// Recovers source/shop.sql and asks the result.
  std::string answer_of(const std::string& question, const std::vector<std::string>& words) {
    const Answer answer = recover(major, words);
    EXPECT_EQ(answer.exit, 0) << answer.told();
    if (answer.exit != 0) return {};
    return trimmed(sql_through(answer.connect(), question, "shop"));
  }
};

TEST_F(Resources, AsManySessionsLoadADatabaseAsAreAskedFor) {
  box.write("source/shop.sql", meeting(3));
  EXPECT_EQ(answer_of(std::string("SELECT min(met), max(met), count(DISTINCT pid) FROM ") + rows_of_all,
                      {"--jobs-per-database", "3"}),
            "met|met|3");
}

TEST_F(Resources, OneSessionIsOne) {
  box.write("source/shop.sql", meeting(1));
  const std::string question = std::string("SELECT count(DISTINCT pid) FROM ") + rows_of_all;
  EXPECT_EQ(answer_of(question, {"--config", config("[target.postgresql]\njobs=1\n")}), "1");
  stop_servers_below(box.state());
  fs::remove_all(box.state());
  EXPECT_EQ(answer_of(question, {"--profile", "low"}), "1");
}

TEST_F(Resources, TheFlagOutranksTheFileAndTheProfile) {
  box.write("source/shop.sql", meeting(3));
  EXPECT_EQ(answer_of(std::string("SELECT max(met) FROM ") + rows_of_all,
                      {"--profile", "low", "--jobs-per-database", "3", "--config",
                       config("[target.postgresql]\njobs=1\n")}),
            "met");
}

TEST_F(Resources, MemoryForIndexesIsThatOfTheSetting) {
  box.write("source/shop.sql", meeting(1));
  const std::string file = config("[target.postgresql]\nmaintenance_work_mem=77MiB\n");
  const std::string question = std::string("SELECT DISTINCT memory FROM ") + rows_of_all;
  EXPECT_EQ(answer_of(question, {"--config", file}), "77MB");
  EXPECT_EQ(answer_of("SHOW maintenance_work_mem", {"--config", file}), "64MB")
      << "the recovered server has its own default";
  IntoRunningServer::SetUp();
  const Answer into_server = recover_into_server({"--config", file});
  ASSERT_EQ(into_server.exit, 0) << into_server.told();
  EXPECT_EQ(asked(question, "shop"), "77MB");
}

/// The niceness in a line of /proc/PID/stat (proc(5): the 19th field).
std::string niceness(const std::string& line) {
  std::size_t at = line.rfind(')');
  for (int field = 3; field <= 19 && at != std::string::npos; ++field) at = line.find(' ', at + 1);
  return at == std::string::npos ? line : line.substr(at + 1, line.find(' ', at + 1) - at - 1);
}

constexpr const char* own_priority = "SELECT pg_catalog.pg_read_file('/proc/self/stat')";

class Priorities : public Resources {
 protected:
  void SetUp() override {
    Resources::SetUp();
    box.write("source/shop.sql", std::string(head) + "CREATE TABLE public.seen (line text);\n" +
                                     "INSERT INTO public.seen " + own_priority + ";\n" + tail);
    std::getline(std::ifstream("/proc/self/stat"), own_);
  }
  void expect_only_the_work_was_low(const std::string& connect) {
    EXPECT_EQ(niceness(sql_through(connect, "SELECT line FROM seen", "shop")),
              std::to_string(std::max(10, std::atoi(niceness(own_).c_str()))));
    EXPECT_EQ(niceness(sql_through(connect, own_priority, "shop")), niceness(own_));
    const std::string pid = trimmed(
        sql_through(connect, "SELECT pg_catalog.split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"));
    EXPECT_EQ(Sandbox::run({"ionice", "-p", pid}).out, Sandbox::run({"ionice"}).out);
    EXPECT_EQ(Sandbox::run({"ps", "-o", "ni=", "-p", pid}).exit, 0) << pid;
  }

  std::string own_;  ///< this process, as recover starts
};

TEST_F(Priorities, OfRootReachTheWorkAndNotTheServerThatStays) {
  const Answer answer = recover(major, {"--allow-program", "--nice", "--io-class", "idle"});
  ASSERT_EQ(answer.exit, 0) << answer.told();
  expect_only_the_work_was_low(answer.connect());
}

TEST_F(Priorities, OfAnOrdinaryUserToo) {
  Sandbox::run({"install", "-d", "-o", "postgres", "-m", "0755", box.path("own-state")});
  const Outcome run =
      Sandbox::run({RECOVER_PROGRAM, "--state-dir", box.path("own-state"), box.source(), "--yes", "--json",
                    "--min-free", "100MB", "--allow-program", "--profile", "low"},
                   "/", "postgres");
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  expect_only_the_work_was_low(parse_document(run.out)["databases"][0]["connect"]);
}

/// The number behind the last such words of a log.
std::uint64_t number_after(const std::string& text, const std::string& word) {
  const std::size_t at = text.rfind(word);
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + word.size(), nullptr, 10);
}

class SlowReading : public Resources {
 protected:
  /// A megabyte of rows.
  void write_dump() {
    std::string text = std::string(head) + "CREATE TABLE public.many (number integer, what text);\n" +
                       "COPY public.many (number, what) FROM stdin;\n";
    for (int row = 0; row < 20'000; ++row)
      text += std::to_string(row) + "\t" + std::string(48, static_cast<char>('a' + row % 26)) + "\n";
    box.write("source/shop.sql", text + "\\.\n" + tail);
  }
  /// Recovers with a limit that keeps nobody waiting and returns how many bytes it saw.
  std::uint64_t bytes_seen(std::vector<std::string> words) {
    const std::string log = box.path("recover.log");
    words.insert(words.end(), {"--bwlimit", "1GB", "--log-file", log});
    const Answer answer = recover(major, words);
    EXPECT_EQ(answer.exit, 0) << answer.told();
    EXPECT_EQ(trimmed(sql_through(answer.connect(), "SELECT count(*), sum(number) FROM many", "shop")),
              "20000|199990000");
    std::ifstream in(log);
    return number_after({std::istreambuf_iterator<char>(in), {}}, "info read ");
  }
};

TEST_F(SlowReading, TheLimitSeesEveryByteOfADump) {
  write_dump();
  const auto size = fs::file_size(box.source() + "/shop.sql");
  box.protect(box.source());
  EXPECT_GE(bytes_seen({}), size);
}

TEST_F(SlowReading, TheLimitSeesEveryByteOfACompressedDump) {
  write_dump();
  ASSERT_EQ(Sandbox::run({"gzip", box.source() + "/shop.sql"}).exit, 0);
  EXPECT_GE(bytes_seen({}), fs::file_size(box.source() + "/shop.sql.gz"));
}

TEST_F(SlowReading, TheLimitSeesEveryByteOfADataDirectoryAndOfWhatPgRestoreReads) {
  Cluster original(box, major, "source/cluster");
  original.start();
  static_cast<void>(original.sql("CREATE DATABASE shop"));
  static_cast<void>(original.sql(
      "CREATE TABLE many AS SELECT i AS number, repeat('x', 40) AS what FROM generate_series(0, 19999) i",
      "shop"));
  const std::string archive = box.path("shop.dump");
  ASSERT_EQ(Sandbox::run({server_programs(major) + "/pg_dump", "-h", original.sockets(), "-U", "postgres",
                          "-Fc", "-Z0", "-f", archive, "shop"})
                .exit,
            0);
  original.stop();
  EXPECT_GE(bytes_seen({}), std::uint64_t{20} << 20) << "an empty cluster has more";
  stop_servers_below(box.state());
  fs::remove_all(box.state());
  fs::remove_all(box.source());
  fs::create_directories(box.source());
  fs::rename(archive, box.source() + "/shop.dump");
  EXPECT_GE(bytes_seen({}), fs::file_size(box.source() + "/shop.dump"));
}

}  // namespace
}  // namespace recover::test
