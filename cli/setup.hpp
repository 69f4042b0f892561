/// The guided setup: questions on the terminal, answers in a configuration file.
#pragma once

#include "cli/command.hpp"
#include "cli/session.hpp"

#include <string>
#include <utility>
#include <vector>

namespace recover::cli {

/// Asks for the settings of a recovery and writes what was changed into the file (--config, else the user's
/// own). Every other line of an existing file stays; the file before is kept as FILE.bak. Errors:
/// run.cancelled, run.not_confirmed, config.unsafe_permissions, target.*.
Result<Answer> guided_setup(Session& session);

/// `content` with these settings (name of the option, value) set: a line that sets one is replaced, others
/// are put into their section, which is made where it is missing.
std::string with_settings(const std::string& content,
                          const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace recover::cli
