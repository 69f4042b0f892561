// The frame around every command: words to arguments, arguments and files to settings, command to
// answer, answer to standard output. With --json exactly one document is written there, also for
// errors (recover.error/1); messages for people stay on standard error.
#include "cli/program.hpp"

#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/session.hpp"
#include "core/model/json.hpp"
#include "core/report/report.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace recover::cli {

namespace {

/// The words after the program's name. A program called `here` understands `here recover ...`.
std::vector<std::string> own_words(const std::vector<std::string>& argv) {
  std::vector<std::string> words(argv.begin() + (argv.empty() ? 0 : 1), argv.end());
  const bool is_here = !argv.empty() && std::filesystem::path(argv[0]).filename() == "here";
  if (is_here && !words.empty() && words.front() == "recover") words.erase(words.begin());
  return words;
}

bool wants_json(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find(words.begin(), end, "--json") != end;
}

int fail(const Error& error, bool is_json, const report::Style& style) {
  if (is_json) write_answer(report::error_json(error));
  write_message(report::error_text(error, style));
  return static_cast<int>(error.exit);
}

/// The configuration may be what is broken: what explains and repairs it must work all the same.
bool works_without_files(const Arguments& arguments) {
  if (arguments.command == "help") return true;
  const std::string word = arguments.words.empty() ? "" : arguments.words.front();
  return arguments.command == "config" &&
         ((word != "show" && word != "recovery") || arguments.value_of("validate") == "true");
}

Result<config::Loaded> load_settings(const Arguments& arguments, bool without_files) {
  std::string file = arguments.value_of("config");
  const char* variable =
      std::getenv("RECOVER_CONFIG");  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  if (file.empty() && variable != nullptr) file = variable;
  config::Loaded loaded;
  if (!without_files) loaded = RECOVER_TRY(config::load(file));
  for (const auto& assignment : arguments.assignments) {
    RECOVER_TRY(loaded.settings.set(assignment.option, assignment.value, "command line"));
  }
  return loaded;
}

/// Flags that are only accepted so far are never ignored in silence.
void warn_of_later_flags(const Arguments& arguments, Session& session) {
  for (const auto& assignment : arguments.assignments) {
    const config::Option* option = config::find_option(assignment.option);
    if (option != nullptr && config::is_for_later(*option)) {
      session.warn(std::string(option->flag) + " has no effect yet; it belongs to a later version");
    }
  }
}

int tell(const std::string& subject, const std::string& text, bool is_json) {
  write_answer(is_json ? help_json(subject, text) : text);
  return 0;
}

std::string version_text() {
  return "recover " RECOVER_VERSION "\n";
}

/// --detect-only and --dry-run turn "the whole thing" into a command that changes nothing.
const Command& chosen_command(const Arguments& arguments, const config::Settings& settings) {
  const bool is_whole = arguments.command.empty() || arguments.command == "restore";
  if (is_whole && settings.flag("detect-only")) return *find_command("scan");
  return *find_command(arguments.command);
}

int run_command(const Arguments& arguments, config::Loaded loaded, const sys::SignalWatcher& signals) {
  Session session(arguments, std::move(loaded.settings), signals);
  for (const auto& note : loaded.notes) session.warn(note);
  warn_of_later_flags(arguments, session);
  const Command& command = chosen_command(arguments, session.settings());
  const auto style = session.terminal().message_style();
  auto answer = command.run(session);
  if (!answer) return fail(answer.error(), session.is_json(), style);
  write_answer(session.is_json() ? answer->json : answer->text);
  if (answer->error) write_message(report::error_text(*answer->error, style));
  return static_cast<int>(answer->exit);
}

}  // namespace

int run_program(const std::vector<std::string>& argv, const sys::SignalWatcher& signals) {
  const std::vector<std::string> words = own_words(argv);
  const bool is_json = wants_json(words);
  auto arguments = parse_arguments(words);
  if (!arguments) return fail(arguments.error(), is_json, {});
  if (arguments->help) {
    return tell(arguments->command, command_help(*find_command(arguments->command)), is_json);
  }
  if (arguments->version) return tell("version", version_text(), is_json);
  auto loaded = load_settings(*arguments, works_without_files(*arguments));
  if (!loaded) return fail(loaded.error(), is_json, {});
  return run_command(*arguments, std::move(*loaded), signals);
}

}  // namespace recover::cli
