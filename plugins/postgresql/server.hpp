/// Finding the programs of a PostgreSQL server on this machine, and the system user that may run them.
#pragma once

#include "recover/engine.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace recover::postgresql {

/// Where the programs of one installation lie ("/usr/lib/postgresql/15/bin") and its exact version.
struct Server {
  std::string bindir;
  std::string version;
};

/// The installed server of this major version; looked for in `bindir` only when that is not empty. Errors:
/// postgresql.server_not_installed naming the package.
Result<Server> find_server(int major, const std::string& bindir, Host& host);

/// The newest installed server of any known version; looked for in `bindir` only when that is not empty.
std::optional<Server> newest_server(const std::string& bindir, Host& host);

/// The version ("15.20") in what `postgres --version` prints: "postgres (PostgreSQL) 15.20 (Debian ...)".
std::string version_in(const std::string& answer);

/// The newest installation that has this client program, of `major` or newer; looked for in `bindir` only
/// when that is not empty. Errors: postgresql.client_not_installed naming the package.
Result<Server> find_client(const std::string& program, int major, const std::string& bindir, Host& host);

/// The system user that owns the copy and runs its server, never root. An ordinary user: itself. Root:
/// the operator's choice, else postgres, else the owner of the source's files, else recover. Errors:
/// target.no_account.
Result<std::string> choose_account(const std::string& wished, std::uint32_t source_owner, Host& host);

}  // namespace recover::postgresql
