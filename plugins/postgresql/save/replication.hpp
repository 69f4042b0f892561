/// The replication protocol's side of a running server: may this role copy it?
#pragma once

#include "postgresql/connection.hpp"

#include <string>

namespace recover::postgresql::save {

/// What a server says of itself to whoever may copy it.
struct ServerIdentity {
  std::string system_identifier;
  std::string version;  ///< "15.20"
  int major = 0;
};

/// Opens a replication connection and closes it again. Errors: postgresql.no_replication_right,
/// no_replication_access, no_wal_senders, and those of every connection.
Result<ServerIdentity> identify(const Endpoint& endpoint);

/// The parameters for pg_basebackup's -d, without password and password file ("host='/run' user='x'").
std::string connection_words(const Endpoint& endpoint);

/// How a child of ours learns the password: PGPASSWORD or PGPASSFILE, and where libpq looks by itself.
std::vector<std::pair<std::string, std::string>> connection_environment(const Endpoint& endpoint);

}  // namespace recover::postgresql::save
