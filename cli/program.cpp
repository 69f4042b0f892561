// The frame around every command: words to arguments, arguments and files to settings, command to
// answer, answer to standard output. With --json exactly one document is written there, also for
// errors (recover.error/1); messages for people stay on standard error.
#include "cli/program.hpp"

#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/password.hpp"
#include "cli/recipients.hpp"
#include "cli/resource_choices.hpp"
#include "cli/session.hpp"
#include "cli/telling.hpp"
#include "config/profile.hpp"
#include "core/model/json.hpp"
#include "core/report/documents.hpp"
#include "core/report/report.hpp"
#include "core/run/redaction.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

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

int fail(Error error, bool is_json, const report::Style& style, bool hides_secrets = true) {
  if (hides_secrets) run::redact(error);
  if (is_json) write_answer(report::error_json(error));
  write_message(report::error_text(error, style));
  return static_cast<int>(error.exit);
}

/// With --progress=json an error is an event too.
int fail_as_event(Error error, Session& session) {
  if (session.settings().flag("log.redact")) run::redact(error);
  if (session.is_json()) write_answer(report::error_json(error));
  session.events().write("error", report::error_document(error));
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
  config::apply_profile(loaded.settings, std::thread::hardware_concurrency());
  return loaded;
}

/// Settings of a file that are only accepted so far and would change something, in one line.
void warn_of_later_keys(Session& session) {
  std::string keys;
  for (const auto& name : session.settings().names()) {
    const config::Option* option = config::find_option(name);
    if (option == nullptr || *option->key == '\0' || !config::is_for_later(*option)) continue;
    const bool from_file = session.settings().origin(name).place.starts_with('/');
    if (from_file && session.settings().text(name) != option->fallback)
      keys += (keys.empty() ? "" : ", ") + name;
  }
  if (!keys.empty())
    session.warn("these settings have no effect yet; they belong to a later version: " + keys);
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
  if (auto asked = ask_for_password(loaded.settings, signals.token()); !asked)
    return fail(asked.error(), loaded.settings.flag("json"), {});
  if (auto told = recipients(loaded.settings); !told)
    return fail(told.error(), loaded.settings.flag("json"), {});
  Session session(arguments, std::move(loaded.settings), signals);
  for (const auto& note : loaded.notes) session.warn(note);
  warn_of_later_flags(arguments, session);
  warn_of_later_keys(session);
  limit_resources(session);
  session.service_manager().ready();
  const Command& command = chosen_command(arguments, session.settings());
  const auto style = session.terminal().message_style();
  auto answer = command.run(session);
  tell_reading(session);
  session.display().end();
  if (!answer) {
    const bool hides_secrets = session.settings().flag("log.redact");
    const int exit = session.events().is_on() ? fail_as_event(answer.error(), session)
                                              : fail(answer.error(), session.is_json(), style, hides_secrets);
    tell_of_failure(command, answer.error(), session);
    return exit;
  }
  write_answer(session.is_json() ? answer->json : answer->text);
  if (answer->error && session.events().is_on()) {
    session.events().write("error", report::error_document(*answer->error));
  } else if (answer->error) {
    write_message(report::error_text(*answer->error, style));
  }
  if (answer->afterwards) answer->afterwards();
  return static_cast<int>(answer->exit);
}

}  // namespace

int run_program(const std::vector<std::string>& argv, const sys::SignalWatcher& signals) {
  const std::vector<std::string> words = own_words(argv);
  const bool is_json = wants_json(words);
  auto arguments = parse_arguments(words);
  if (!arguments) return fail(arguments.error(), is_json, {});
  arguments->all = argv;
  if (arguments->help) {
    return tell(arguments->command, command_help(*find_command(arguments->command)), is_json);
  }
  if (arguments->version) return tell("version", version_text(), is_json);
  auto loaded = load_settings(*arguments, works_without_files(*arguments));
  if (!loaded) return fail(loaded.error(), is_json, {});
  return run_command(*arguments, std::move(*loaded), signals);
}

}  // namespace recover::cli
