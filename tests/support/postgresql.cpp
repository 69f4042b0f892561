// Servers for tests. PostgreSQL refuses to run as root, so everything runs as the user postgres; the
// programs come from the fixture postgresql-servers (majors 10-18), the clients from Debian's 15.
#include "tests/support/postgresql.hpp"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace fs = std::filesystem;

namespace recover::test {

namespace {

constexpr auto debian_programs = "/usr/lib/postgresql/15/bin";

std::string must(const Outcome& outcome, const std::string& what) {
  if (outcome.exit == 0) return outcome.out;
  throw std::runtime_error(what + " failed (" + std::to_string(outcome.exit) + "): " + outcome.out +
                           outcome.err);
}

/// Process ids whose working directory is `directory` or below.
std::vector<pid_t> workers_below(const std::string& directory) {
  std::vector<pid_t> pids;
  const std::string real = fs::exists(directory) ? fs::canonical(directory).string() : directory;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code gone;
    const std::string work = fs::read_symlink(entry.path() / "cwd", gone).string();
    if (!gone && (work == real || work.starts_with(real + "/"))) pids.push_back(std::stoi(name));
  }
  return pids;
}

void kill_below(const std::string& directory) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    const auto pids = workers_below(directory);
    if (pids.empty()) return;
    for (const pid_t pid : pids) ::kill(pid, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

std::string server_programs(int major) {
  if (major == 15 && fs::exists(std::string(debian_programs) + "/postgres")) return debian_programs;
  static const std::string servers = fixture("postgresql-servers");
  return servers + "/" + std::to_string(major) + "/native/bin";
}

Cluster::Cluster(const Sandbox& sandbox, int major, const std::string& name,
                 const std::vector<std::string>& initdb_words, const std::string& programs)
    : major_(major),
      programs_(programs.empty() ? server_programs(major) : programs),
      home_(sandbox.path(name)),
      data_(home_ + "/data") {
  must(Sandbox::run({"install", "-d", "-o", "postgres", "-g", "postgres", "-m", "0755", home_}), "install");
  std::vector<std::string> command{
      programs_ + "/initdb", "-D", data_, "-U", "postgres", "-A", "trust", "-N", "-k"};
  if (initdb_words.empty()) {
    command.insert(command.end(), {"-E", "UTF8", "--locale=C.UTF-8"});
  } else {
    command.insert(command.end(), initdb_words.begin(), initdb_words.end());
  }
  must(Sandbox::run(command, "/", "postgres"), "initdb");
}

Cluster::~Cluster() {
  kill_below(data_);
}

void Cluster::start(const std::vector<std::string>& settings) {
  std::string options = "-c listen_addresses='' -c unix_socket_directories='" + home_ + "' -c fsync=off";
  for (const std::string& setting : settings) options += " -c '" + setting + "'";
  must(Sandbox::run({programs_ + "/pg_ctl", "-s", "-w", "-D", data_, "-l", home_ + "/server.log", "-o",
                     options, "start"},
                    "/", "postgres"),
       "pg_ctl start");
  running_ = true;
}

void Cluster::stop() {
  must(Sandbox::run({programs_ + "/pg_ctl", "-s", "-w", "-m", "fast", "-D", data_, "stop"}, "/", "postgres"),
       "pg_ctl stop");
  running_ = false;
}

void Cluster::kill() {
  kill_below(data_);
  running_ = false;
}

std::string Cluster::sql(const std::string& statements, const std::string& database) const {
  return must(Sandbox::run({"psql", "-h", home_, "-U", "postgres", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d",
                            database, "-c", statements}),
              "psql");
}

void Cluster::fill() {
  static_cast<void>(sql("CREATE DATABASE shop"));
  static_cast<void>(
      sql("CREATE TABLE orders (id serial PRIMARY KEY, note text, body text);"
          "INSERT INTO orders (note, body) SELECT 'n' || i, repeat(md5(i::text), 100) FROM "
          "generate_series(1, 10000) i;"
          "CREATE INDEX ON orders (note);"
          "CREATE MATERIALIZED VIEW recent AS SELECT * FROM orders WHERE id > 9000;"
          "SELECT lo_from_bytea(0, '\\x0102');",
          "shop"));
}

void Cluster::base_backup(const std::string& to, const std::vector<std::string>& words) {
  std::vector<std::string> command{std::string(debian_programs) + "/pg_basebackup",
                                   "-h",
                                   home_,
                                   "-U",
                                   "postgres",
                                   "-D",
                                   to,
                                   "-c",
                                   "fast",
                                   "-N"};
  command.insert(command.end(), words.begin(), words.end());
  must(Sandbox::run(command), "pg_basebackup");
}

std::string Cluster::control_field(std::size_t offset, std::size_t length) const {
  std::ifstream in(data_ + "/global/pg_control", std::ios::binary);
  std::string bytes(length, '\0');
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(bytes.data(), static_cast<std::streamsize>(length));
  return bytes;
}

std::string sql_through(const std::string& connect_line, const std::string& statements,
                        const std::string& database) {
  std::istringstream words(connect_line);
  std::vector<std::string> command;
  for (std::string word; words >> word;) {
    std::erase(word, '\'');
    command.push_back(word);
  }
  if (!database.empty()) command.insert(command.end(), {"-d", database});
  command.insert(command.end(), {"-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statements});
  return must(Sandbox::run(command), "psql");
}

void stop_servers_below(const std::string& directory) {
  kill_below(directory);
}

int processes_below(const std::string& directory) {
  return static_cast<int>(workers_below(directory).size());
}

bool wait_until_idle(const std::string& directory) {
  int quiet = 0;  // a process between fork and its chdir is not seen: one look proves nothing
  for (int i = 0; i < 1200 && quiet < 5; ++i) {
    quiet = processes_below(directory) == 0 ? quiet + 1 : 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return quiet == 5;
}

}  // namespace recover::test
