// Where the distributions put the server of a major version, and who may run it. A directory counts only
// when its `postgres --version` says that major: names lie. PostgreSQL refuses to run as root, and we
// would not let foreign data run as root either.
#include "postgresql/server.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/versions.hpp"

#include "recover/errors.hpp"

#include <chrono>
#include <vector>

namespace recover::postgresql {

namespace {

constexpr std::chrono::seconds version_time_limit{30};

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::vector<std::string> usual_directories(int major, const std::string& program, Host& host) {
  const std::string number = std::to_string(major);
  std::vector<std::string> places{
      "/usr/lib/postgresql/" + number + "/bin",  // Debian, Ubuntu
      "/usr/pgsql-" + number + "/bin",           // RHEL with the project's packages
      "/usr/lib/postgresql" + number + "/bin",   // openSUSE
      "/usr/libexec/postgresql" + number,        // Alpine
      "/usr/local/lib/postgresql/" + number + "/bin",
      "/usr/local/pgsql/bin",  // built from source
  };
  if (auto entries = host.files().list("/opt")) {
    for (const std::string& entry : *entries) {
      places.push_back("/opt/" + entry + "/bin");
      places.push_back("/opt/" + entry + "/" + number + "/bin");
    }
  }
  if (auto found = host.processes().find_program(program)) places.push_back(directory_of(*found));
  return places;
}

/// The version ("15.20") that `PROGRAM --version` names: "postgres (PostgreSQL) 15.20 (Debian ...)".
std::string version_of(const std::string& program, Host& host) {
  Command command;
  command.program = program;
  command.arguments = {"--version"};
  command.time_limit = version_time_limit;
  const auto answer = host.processes().run(command, CancellationToken{});
  return answer && answer->exit_status == 0 ? version_in(answer->output) : std::string{};
}

}  // namespace

std::string version_in(const std::string& answer) {
  const std::string mark = "(PostgreSQL) ";
  const std::size_t start = answer.find(mark);
  if (start == std::string::npos) return {};
  const std::size_t first = start + mark.size();
  const std::size_t end = answer.find_first_not_of("0123456789.", first);
  return answer.substr(first, end == std::string::npos ? end : end - first);
}

Result<Server> find_server(int major, const std::string& bindir, Host& host) {
  const std::vector<std::string> places =
      bindir.empty() ? usual_directories(major, "postgres", host) : std::vector{bindir, bindir + "/bin"};
  std::string others;
  for (const std::string& place : places) {
    if (!host.files().exists(place + "/postgres")) continue;
    const std::string version = version_of(place + "/postgres", host);
    if (Version{version, {}}.major() == major) return Server{place, version};
    if (!version.empty()) others += (others.empty() ? "" : ", ") + version + " in " + place;
  }
  const std::string number = std::to_string(major);
  std::string cause = bindir.empty() ? "looked in the usual directories and on PATH" : "looked in " + bindir;
  if (!others.empty()) cause += "; found only " + others;
  return make_error(errors::server_not_installed, "PostgreSQL " + number, cause)
      .advise("Install the package postgresql-" + number + ", or name its programs with --bindir DIR.");
}

std::optional<Server> newest_server(const std::string& bindir, Host& host) {
  const auto known = major_versions();
  for (auto version = known.rbegin(); version != known.rend(); ++version) {
    auto server = find_server(Version{version->name, {}}.major(), bindir, host);
    if (server) return *server;
  }
  return std::nullopt;
}

Result<Server> find_client(const std::string& program, int major, const std::string& bindir, Host& host) {
  const auto known = major_versions();
  for (auto version = known.rbegin(); version != known.rend(); ++version) {
    const int newest = Version{version->name, {}}.major();
    if (newest < major) break;
    const std::vector<std::string> places =
        bindir.empty() ? usual_directories(newest, program, host) : std::vector{bindir, bindir + "/bin"};
    for (const std::string& place : places) {
      if (!host.files().exists(place + "/" + program)) continue;
      const std::string found = version_of(place + "/" + program, host);
      if (Version{found, {}}.major() == newest) return Server{place, found};
    }
  }
  const std::string number = std::to_string(major);
  return make_error(errors::client_not_installed, program + " of PostgreSQL " + number + " or newer",
                    bindir.empty() ? "looked in the usual directories and on PATH" : "looked in " + bindir)
      .advise("Install the package postgresql-client-" + number +
              ", or name its programs with --bindir DIR.");
}

Result<std::string> choose_account(const std::string& wished, std::uint32_t source_owner, Host& host) {
  Accounts& accounts = host.accounts();
  if (!accounts.is_root()) return accounts.current();
  if (!wished.empty()) {
    if (wished != "root" && accounts.exists(wished)) return wished;
    return make_error(recover::errors::target_no_account, "user " + wished,
                      wished == "root" ? "a server never runs as root" : "no such user");
  }
  if (accounts.exists("postgres")) return std::string("postgres");
  const auto owner = accounts.name_of(source_owner);
  if (source_owner != 0 && owner) return *owner;
  if (accounts.exists("recover")) return std::string("recover");
  return make_error(recover::errors::target_no_account, "users postgres and recover", "neither exists");
}

}  // namespace recover::postgresql
