/// What a running server says about itself before anything is done to it.
#pragma once

#include "postgresql/connection.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace recover::postgresql {

struct ServerDatabase {
  std::uint64_t id = 0;  ///< OID: stays when the name changes
  bool allows_connections = true;
  std::string clauses;  ///< of CREATE DATABASE, to make one like it
};

struct ServerState {
  std::string version;  ///< "16.14"
  int major = 0;
  std::string identity;  ///< system identifier
  std::string role;      ///< whom we are connected as
  bool is_superuser = false;
  bool may_make_databases = false;
  std::set<std::string> extensions;  ///< that are installed for it
  std::set<std::string> roles;
  std::map<std::string, ServerDatabase> databases;
  std::map<std::string, std::uint64_t> sessions;  ///< of others, by database; none where nobody is connected
};

/// Errors: postgresql.connection_failed, query_failed, run.cancelled.
Result<ServerState> ask_server(const Endpoint& endpoint, const std::string& database,
                               const CancellationToken& cancel);

/// The databases by name. Errors: as above.
Result<std::map<std::string, ServerDatabase>> list_databases(Connection& connection,
                                                             const CancellationToken& cancel);

/// Gives `copy` what belongs to the database `model` as a whole: owner, limits, settings of
/// ALTER DATABASE ... SET, privileges, comment. Errors: query_failed, run.cancelled.
Result<void> copy_properties(Connection& connection, const std::string& model, const std::string& copy,
                             const CancellationToken& cancel);

}  // namespace recover::postgresql
