// From a Command to argv and environment. The environment is built from nothing, because inherited
// variables (PGOPTIONS, LD_PRELOAD, AWS_*) change what tools do; programs are found only in the
// standard directories, so that a file lying in the source or in the current directory never runs.
// Changing user and asking for a death signal is left to setpriv(1) of util-linux: it does both and
// then becomes the program, so that pid and process group stay the same.
#include "core/sys/program.hpp"

#include "core/sys/account.hpp"
#include "recover/errors.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace recover::sys {

namespace {

constexpr std::array directories{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
                                 "/usr/bin",        "/sbin",          "/bin"};

bool is_program(const std::string& path) {
  struct ::stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

Result<std::string> resolve(const std::string& name) {
  auto found = find_program(name);
  if (found) return *found;
  const bool relative = name.find('/') != std::string::npos && name.front() != '/';
  return make_error(errors::tool_missing, "cannot find the program " + name,
                    relative ? "a relative path is never executed"
                             : (name.starts_with("/") ? "it is not there or not executable"
                                                      : "it is in none of the standard directories"))
      .with("program", name);
}

std::vector<std::string> environment_of(const Command& command) {
  std::string path = "PATH=";
  for (const char* directory : directories) path += (path.back() == '=' ? "" : ":") + std::string(directory);
  std::vector<std::string> environment{path, "LANG=C", "LC_ALL=C", "TZ=UTC"};
  for (const auto& [name, value] : command.environment) {
    const std::string prefix = name + "=";
    auto same = std::find_if(environment.begin(), environment.end(),
                             [&](const std::string& line) { return line.starts_with(prefix); });
    if (same != environment.end()) environment.erase(same);
    environment.push_back(prefix + value);
  }
  return environment;
}

/// The setpriv options that make the program run as `user`; none when we are that user already.
Result<std::vector<std::string>> options_for_user(const std::string& user) {
  if (user.empty()) return std::vector<std::string>{};
  const Account account = RECOVER_TRY(owner_account(user));
  if (account.user == ::geteuid()) return std::vector<std::string>{};
  if (::geteuid() != 0) {
    return make_error(errors::tool_failed, "cannot run a program as " + user,
                      "only root may run programs as another user");
  }
  return std::vector<std::string>{"--reuid=" + account.name, "--regid=" + std::to_string(account.group),
                                  "--init-groups"};
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (name.front() == '/') return is_program(name) ? std::optional(name) : std::nullopt;
  if (name.find('/') != std::string::npos) return std::nullopt;
  for (const char* directory : directories) {
    std::string path = std::string(directory) + "/" + name;
    if (is_program(path)) return path;
  }
  return std::nullopt;
}

Result<Invocation> prepare(const Command& command, bool ends_with_us) {
  Invocation invocation;
  invocation.program = RECOVER_TRY(resolve(command.program));
  invocation.environment = environment_of(command);
  invocation.directory = command.directory.empty() ? "/" : command.directory;
  std::vector<std::string> options = RECOVER_TRY(options_for_user(command.run_as));
  if (ends_with_us) options.insert(options.end(), {"--pdeathsig", "TERM"});
  invocation.words = {invocation.program};
  if (!options.empty()) {
    const std::string program = invocation.program;
    auto setpriv = resolve("setpriv");
    if (!setpriv) return std::move(setpriv).error().advise("Install the package util-linux.");
    invocation.program = *setpriv;
    invocation.words = {*setpriv};
    invocation.words.insert(invocation.words.end(), options.begin(), options.end());
    invocation.words.insert(invocation.words.end(), {"--", program});
  }
  invocation.words.insert(invocation.words.end(), command.arguments.begin(), command.arguments.end());
  return invocation;
}

}  // namespace recover::sys
