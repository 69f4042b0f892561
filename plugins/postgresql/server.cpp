// Placeholder: only Debian's directory is looked at.
#include "postgresql/server.hpp"

#include "postgresql/errors.hpp"

namespace recover::postgresql {

Result<Server> find_server(int major, const std::string& bindir, Host& host) {
  Server server;
  server.bindir = bindir.empty() ? "/usr/lib/postgresql/" + std::to_string(major) + "/bin" : bindir;
  if (host.files().exists(server.bindir + "/postgres")) return server;
  return make_error(errors::server_not_installed, "PostgreSQL " + std::to_string(major),
                    "install the package postgresql-" + std::to_string(major));
}

}  // namespace recover::postgresql
