// Help is data too: nothing here names an option or a command, so that a new row in a table is a new
// line in the help. Everything is wrapped to 80 columns, the width of a serial console.
#include "cli/help.hpp"

#include "config/config.hpp"
#include "config/value.hpp"
#include "core/model/json.hpp"
#include "core/text/split.hpp"
#include "recover/error.hpp"

#include <array>

namespace recover::cli {

namespace {

constexpr std::size_t columns = 80;

/// Words of `text` in lines of at most 80 columns, all but the first indented by `indent`; `used`
/// columns of the first line are taken.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t used) {
  std::string lines;
  std::size_t column = used;
  for (const auto& word : text::split(text, " ")) {
    if (column + word.size() >= columns && column > indent) {
      lines.erase(lines.find_last_not_of(' ') + 1);
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    }
    lines += word + " ";
    column += word.size() + 1;
  }
  lines.erase(lines.find_last_not_of(' ') + 1);
  return lines + "\n";
}

/// "  left   right", the right column beginning at `at`.
std::string two_columns(const std::string& left, const std::string& right, std::size_t at) {
  std::string line = "  " + left;
  if (line.size() + 2 > at) {
    line += "\n" + std::string(at, ' ');
  } else {
    line.resize(at, ' ');
  }
  return line + wrapped(right, at, at);
}

std::string value_word(const config::Option& option) {
  switch (option.type) {
    case config::Type::flag:
    case config::Type::count: return "";
    case config::Type::path: return " PATH";
    case config::Type::number: return " N";
    case config::Type::size: return " SIZE";
    case config::Type::duration:
    case config::Type::moment: return " TIME";
    case config::Type::percent: return " PERCENT";
    case config::Type::choice: return " WORD";
    case config::Type::text:
    case config::Type::list: break;
  }
  return " VALUE";
}

std::string flag_line(const char* short_flag, const std::string& flag, const std::string& help) {
  constexpr std::size_t help_column = 30;
  const std::string left = *short_flag == '\0' ? "    " + flag : std::string(short_flag) + ", " + flag;
  return two_columns(left, help, help_column);
}

std::string option_line(const config::Option& option) {
  std::string help = option.help;
  if (option.type == config::Type::choice) {
    const auto words = text::split(option.choices, "|");
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
    help += " [" + list + "]";
  }
  return flag_line(option.short_flag, option.flag + value_word(option), help);
}

std::string group_help(const std::string& group) {
  std::string lines;
  for (const auto& option : config::options()) {
    if (*option.flag != '\0' && group == option.group) lines += option_line(option);
  }
  for (const auto& shorthand : config::shorthands()) {
    if (group == shorthand.group) lines += flag_line(shorthand.short_flag, shorthand.flag, shorthand.help);
  }
  return lines;
}

std::string examples(const Command& command) {
  std::string lines = "\nExamples:\n";
  for (const auto& line : text::split(command.example, "\n")) lines += "  " + line + "\n";
  return lines;
}

constexpr std::array exit_codes{
    std::pair{ExitCode::ok, "done; may carry warnings"},
    std::pair{ExitCode::connection, "server unreachable, login refused, missing permission"},
    std::pair{ExitCode::disk_space, "too little space, disk full, quota reached"},
    std::pair{ExitCode::verification_failed, "damaged or truncated source, a check failed"},
    std::pair{ExitCode::partial, "some recovered, some failed"},
    std::pair{ExitCode::nothing_found, "no database recognised, or the selection matches nothing"},
    std::pair{ExitCode::incompatible, "no safe strategy for this version, form or architecture"},
    std::pair{ExitCode::tool_missing, "a server, runtime, program or plugin is missing"},
    std::pair{ExitCode::refused, "refused: target in use, source or plan changed, nobody confirmed"},
    std::pair{ExitCode::locked, "another run holds the lock"},
    std::pair{ExitCode::source_read, "the source could not be read or changed meanwhile"},
    std::pair{ExitCode::timeout, "no progress within --timeout"},
    std::pair{ExitCode::server_failed, "the recovered server did not start or ended"},
    std::pair{ExitCode::rollback_incomplete, "rolling back failed; the report says where the data is"},
    std::pair{ExitCode::security, "refused for safety: unsafe archive, plugin or configuration"},
    std::pair{ExitCode::salvaged, "recovered by --last-resort; data may be missing"},
    std::pair{ExitCode::usage, "the command line is not understood"},
    std::pair{ExitCode::internal, "a bug in recover"},
    std::pair{ExitCode::config, "the configuration is invalid"},
    std::pair{ExitCode::hangup, "stopped in order after SIGHUP"},
    std::pair{ExitCode::interrupted, "stopped in order after SIGINT (Ctrl-C)"},
    std::pair{ExitCode::terminated, "stopped in order after SIGTERM"},
};

std::string exit_code_help() {
  std::string lines = "Exit codes (never reused; an unknown code means failure):\n\n";
  for (const auto& [code, meaning] : exit_codes) {
    lines += two_columns(std::to_string(static_cast<int>(code)), meaning, 8);
  }
  return lines + "\n" +
         wrapped(
             "Several failures in one run: the first of 13, 70, 14, signal, 12, 2, 3, 10, 1, 11, 9, 8, 7, "
             "6, 5. Something recovered and something failed: 4, unless --min-success is reached. Warnings "
             "never change the exit code.",
             0, 0);
}

std::string environment_help() {
  std::string lines = "Environment (flag > environment > --config > user file > system file):\n\n";
  constexpr std::size_t column = 22;
  for (const auto& option : config::options()) {
    if (*option.environment != '\0') lines += two_columns(option.environment, option.help, column);
  }
  lines += two_columns("NO_COLOR", "not empty: no colours", column);
  lines += two_columns("FORCE_COLOR", "not empty: colours even where no terminal is", column);
  lines += two_columns("CLICOLOR_FORCE", "same as FORCE_COLOR", column);
  lines += two_columns("TERM", "dumb: no colours, no redrawn lines", column);
  lines += two_columns("COLUMNS", "width of the screen", column);
  return lines;
}

std::string error_help() {
  std::string lines = "Errors (recover explain ID tells more; engines add their own):\n\n";
  for (const ErrorKind& kind : core_error_kinds()) {
    lines += two_columns(
        kind.id, std::string(kind.title) + " (exit " + std::to_string(static_cast<int>(kind.exit)) + ")", 32);
  }
  return lines;
}

std::string config_help() {
  std::string lines = "Configuration files, later ones win (recover config path):\n\n";
  lines +=
      "  /etc/recover/recover.conf\n  /etc/recover/conf.d/*.conf\n"
      "  $XDG_CONFIG_HOME/recover/recovery.conf   (~/.config/recover/recovery.conf)\n\n";
  lines += "Keys; (later) = checked now, takes effect in a later version:\n";
  std::string section = "?";
  for (const auto& option : config::options()) {
    if (*option.key == '\0') continue;
    if (section != option.section) {
      section = option.section;
      lines += section.empty() ? "\n" : "\n[" + section + "]\n";
    }
    lines += two_columns(option.key, option.help, 32);
  }
  return lines;
}

}  // namespace

std::string overview() {
  const Command& whole = *find_command("");
  std::string page = "recover: from an unknown tree to running, verified databases\n\nUsage:\n";
  page += std::string("  recover ") + whole.usage + "\n  recover COMMAND [ARGUMENTS] [FLAGS]\n\n";
  page += wrapped(whole.about, 0, 0) + "\nCommands:\n";
  for (const Command& command : commands()) {
    if (*command.name != '\0') page += two_columns(command.name, command.summary, 13);
  }
  page += examples(whole) + "\nGeneral:\n" + group_help("General") + flag_line("-h", "--help", "this page") +
          flag_line("-V", "--version", "the version");
  for (const auto& group : text::split(whole.groups, "|")) page += "\n" + group + ":\n" + group_help(group);
  page += "\n" + wrapped(
                     "(later) = accepted and checked, takes effect in a later version. Exit codes: recover "
                     "help exit-codes. Errors: recover explain ID.",
                     0, 0);
  return page;
}

std::string command_help(const Command& command) {
  if (*command.name == '\0') return overview();
  std::string page = std::string("Usage: recover ") + command.usage + " [FLAGS]\n\n";
  page += wrapped(std::string(command.summary) + ".", 0, 0);
  page.append("\n").append(wrapped(command.about, 0, 0)).append(examples(command));
  for (const auto& group : text::split(command.groups, "|")) {
    const bool is_own = group == command.name;
    page += "\n" + (is_own ? "Flags of this command" : group) + ":\n" + group_help(group);
  }
  page += "\nGeneral:\n" + group_help("General") + flag_line("-h", "--help", "this page");
  return page + "\nExit codes: recover help exit-codes\n";
}

std::optional<std::string> topic_help(const std::string& topic) {
  if (topic == "exit-codes") return exit_code_help();
  if (topic == "environment") return environment_help();
  if (topic == "errors") return error_help();
  if (topic == "config") return config_help();
  return std::nullopt;
}

std::string help_json(const std::string& subject, const std::string& text) {
  return json::dump({{"schema", "recover.help/1"}, {"subject", subject}, {"text", text}}, 2) + "\n";
}

}  // namespace recover::cli
