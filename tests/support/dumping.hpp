/// Tests that dump a server, recover the dump and hold the result against the original and against what psql
/// or pg_restore makes of the same dump.
#pragma once

#include "tests/support/recovering.hpp"

#include <memory>
#include <string>
#include <vector>

namespace recover::test {

/// Directory with pg_dump, pg_restore, psql and a server of 13, 15, 17 or 18 (fixture postgresql-debian; 15
/// is installed).
std::string client_programs(int major);

/// A file's bytes.
std::string content_of(const std::string& path);

/// A dump without what differs from one run or minor version to the next: the key of \restrict, the server.
std::string comparable(const std::string& dump);

/// The directory behind "psql -h DIR ...".
std::string sockets_of(const std::string& connect_line);

/// Runs a client as the user postgres and returns what it prints; throws when it fails.
std::string run_client(const std::vector<std::string>& command);

/// Texts that are long: says how they differ.
void expect_equal(const std::string& expected, const std::string& found, const Sandbox& box);

/// The proof compared the number of objects of every kind, and they are equal.
void expect_every_kind_compared(const Answer& answer);

/// Where and with whose programs a database is dumped.
struct DumpedServer {
  std::string sockets;
  int clients = 15;
};

std::string dump_of(const DumpedServer& server, const std::string& database,
                    const std::vector<std::string>& words = {});
std::string globals_of(const DumpedServer& server);

/// Runs a script in a server by psql and stops at its first error.
void run_by_psql(const std::string& file, const DumpedServer& server, const std::string& database);

class Dumping : public Recovering {
 protected:
  /// Puts tests/fixtures/NAME.sql into a database of `cluster`.
  void run_fixture(const std::string& name, const Cluster& cluster, const std::string& database);

  /// Runs pg_dump or pg_dumpall on `server` into NAME below the source.
  void dump_to(const std::string& name, const std::string& program, std::vector<std::string> words,
               const DumpedServer& server) const;
};

/// A server 15 that holds every-role.sql and every-object.sql.
class EveryObject : public Dumping {
 protected:
  void SetUp() override;
  [[nodiscard]] DumpedServer server() const { return {original_->sockets(), 15}; }
  void dump_to(const std::string& name, const std::string& program, std::vector<std::string> words) const {
    Dumping::dump_to(name, program, std::move(words), server());
  }
  void compress(const std::string& name, const std::string& program);

  std::unique_ptr<Cluster> original_;
};

}  // namespace recover::test
