/// Finding the programs of a PostgreSQL server on this machine.
#pragma once

#include "recover/engine.hpp"

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

}  // namespace recover::postgresql
