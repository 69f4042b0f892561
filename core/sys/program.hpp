/// What exactly will be executed for a Command: decided before anything is started.
#pragma once

#include "recover/host.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::sys {

struct Invocation {
  std::string program;                   ///< absolute
  std::vector<std::string> words;        ///< argv, words[0] included
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string directory;
};

/// Absolute path of a program: an absolute name itself, a bare name from the standard directories.
/// Nothing for relative paths: the current directory is never searched.
std::optional<std::string> find_program(const std::string& name);

/// Resolves program and user. `ends_with_us`: the kernel sends it SIGTERM when our starting thread
/// ends. Errors: tool.missing, target.no_account, tool.failed (only root may name another user).
Result<Invocation> prepare(const Command& command, bool ends_with_us);

}  // namespace recover::sys
