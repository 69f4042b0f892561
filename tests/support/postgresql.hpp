/// Real PostgreSQL servers for tests: made, filled, stopped, killed and copied as the user postgres.
#pragma once

#include "tests/support/sandbox.hpp"

#include <string>
#include <vector>

namespace recover::test {

/// Directory of the server programs of a major version (fixture postgresql-servers; 15 is Debian's).
std::string server_programs(int major);

/// One cluster of a sandbox. Its server is killed at the end of its life.
class Cluster {
 public:
  /// initdb with page checksums below `sandbox`/NAME. `initdb_words` are added to its command line. The
  /// programs are those of server_programs() where no other directory is named.
  Cluster(const Sandbox& sandbox, int major, const std::string& name = "server",
          const std::vector<std::string>& initdb_words = {}, const std::string& programs = {});
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  void start(const std::vector<std::string>& settings = {});  ///< "name=value"
  void stop();                                                ///< cleanly
  void kill();  ///< SIGKILL; waits until nobody works in the directory
  /// Runs SQL as superuser and returns psql's unaligned output; throws on an error.
  [[nodiscard]] std::string sql(const std::string& statements,
                                const std::string& database = "postgres") const;
  /// Two databases, tables, an index, a sequence, a materialised view, large objects: 11000 rows.
  void fill();
  /// Takes a base backup of the running server with pg_basebackup.
  void base_backup(const std::string& to, const std::vector<std::string>& words = {});

  [[nodiscard]] const std::string& data() const { return data_; }
  [[nodiscard]] std::string sockets() const { return home_; }
  [[nodiscard]] int major() const { return major_; }
  [[nodiscard]] std::string control_field(std::size_t offset, std::size_t length) const;

 private:
  int major_;
  std::string programs_;
  std::string home_;
  std::string data_;
  bool running_ = false;
};

/// Runs one line of SQL through a connect line that recover printed ("psql -h ... -d postgres").
std::string sql_through(const std::string& connect_line, const std::string& statements,
                        const std::string& database = "");

/// Stops whatever server works below this directory (private instances of a test).
void stop_servers_below(const std::string& directory);

/// The number of processes that work in this directory or below.
int processes_below(const std::string& directory);

/// Waits until nobody works in the directory or below any more; false when that does not come within a
/// minute.
bool wait_until_idle(const std::string& directory);

}  // namespace recover::test
