/// Help pages, at most 80 columns wide, made from the tables of commands, options and exit codes.
#pragma once

#include "cli/command.hpp"

#include <optional>
#include <string>

namespace recover::cli {

/// `recover --help`.
std::string overview();
/// `recover COMMAND --help`.
std::string command_help(const Command& command);
/// "exit-codes", "environment", "errors", "config"; or nothing.
std::optional<std::string> topic_help(const std::string& topic);
/// Help as the document that --json asks for (recover.help/1).
std::string help_json(const std::string& subject, const std::string& text);

}  // namespace recover::cli
