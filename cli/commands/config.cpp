// recover config: which settings count and where they come from, whether the files are valid, and the
// sample file to begin with. Works when the configuration is what is broken.
#include "config/config.hpp"

#include "cli/choices.hpp"
#include "cli/commands/commands.hpp"
#include "cli/documents.hpp"
#include "cli/session.hpp"
#include "cli/setup.hpp"
#include "core/model/json.hpp"
#include "core/report/documents.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <filesystem>

namespace recover::cli {

namespace {

using json::Json;

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

/// Settings that can stand in a file, in the order of the table, then the named sections.
std::vector<std::string> file_settings(const config::Settings& settings) {
  std::vector<std::string> names;
  for (const auto& option : config::options()) {
    const std::string name = config::name_of(option);
    if (*option.key != '\0' && name.find('*') == std::string::npos) names.push_back(name);
  }
  for (const auto& name : settings.names()) {
    if (name.starts_with("source.") || name.starts_with("notify.")) names.push_back(name);
  }
  return names;
}

Answer show(Session& session) {
  const auto& settings = session.settings();
  Json document{{"schema", "recover.config/1"}, {"files", settings.files()}, {"settings", Json::object()}};
  std::vector<std::vector<std::string>> rows;
  for (const auto& name : file_settings(settings)) {
    const std::string value = settings.text(name);
    rows.push_back({name, "=", text::printable(value)});
    if (settings.flag("origin")) rows.back().push_back("(" + settings.origin(name).place + ")");
    Json entry = Json::object();
    json::put_text(entry, "value", value);
    entry["origin"] = settings.origin(name).place;
    document["settings"][name] = entry;
  }
  return Answer{text::table(rows), json::dump(document, 2) + "\n", ExitCode::ok, {}};
}

std::vector<std::string> chosen_files(const config::Settings& settings) {
  if (settings.is_set("config")) return {settings.text("config")};
  std::vector<std::string> files;
  for (const auto& path : config::search_path()) {
    if (exists(path)) files.push_back(path);
  }
  return files;
}

/// "FILE:LINE: error[ID]: what is wrong", as compilers write.
std::string problem_line(const Error& error, const std::string& file) {
  std::string place = file + ": ";
  std::string cause = error.cause;
  const auto end_of_place = cause.find(": ");
  if (cause.starts_with(file) && end_of_place != std::string::npos) {
    place = cause.substr(0, end_of_place + 2);
    cause.erase(0, end_of_place + 2);
  }
  return text::printable(place) + "error[" + error.id + "]: " + text::printable(cause) + "\n";
}

Answer validate(Session& session) {
  Answer answer;
  Json document{
      {"schema", "recover.config_validation/1"}, {"files", Json::array()}, {"errors", Json::array()}};
  const auto files = chosen_files(session.settings());
  for (const auto& file : files) {
    document["files"].push_back(file);
    const auto problems = config::validate_file(file);
    for (const Error& error : problems) {
      answer.text += problem_line(error, file);
      document["errors"].push_back(report::error_document(error));
      // A file that others can write outranks a typing error in it.
      if (answer.exit != ExitCode::security) answer.exit = error.exit;
    }
    if (problems.empty()) answer.text += text::printable(file) + ": ok\n";
  }
  if (files.empty()) answer.text = "No configuration file is there; the defaults count.\n";
  answer.json = json::dump(document, 2) + "\n";
  return answer;
}

Answer paths(Session& session) {
  Json document{{"schema", "recover.config_paths/1"}, {"paths", Json::array()}};
  std::string text;
  const auto& settings = session.settings();
  for (const auto& path : settings.is_set("config") ? chosen_files(settings) : config::search_path()) {
    text += text::printable(path) + (exists(path) ? "" : "   (not there)") + "\n";
    document["paths"].push_back({{"path", path}, {"exists", exists(path)}});
  }
  return Answer{text, json::dump(document, 2) + "\n", ExitCode::ok, {}};
}

Result<Answer> init(Session& session) {
  const std::string sample = config::sample_file();
  const std::string chosen = session.settings().text("output");
  if (chosen == "-") return Answer{sample, text_json("recover.conf", sample), ExitCode::ok, {}};
  const std::string path = chosen.empty() ? config::user_file() : absolute_path(chosen);
  if (exists(path) && !session.settings().flag("force")) {
    return make_error(errors::config_exists, "will not overwrite " + text::printable(path));
  }
  Files& files = session.host().files();
  const std::string directory = std::filesystem::path(path).parent_path().string();
  if (!files.is_directory(directory)) RECOVER_TRY(files.make_directory(directory, "", 0755));
  RECOVER_TRY(files.write(path, sample, "", 0644));
  const std::string text = "Wrote " + text::printable(path) + ". Every line is a comment so far.\n";
  return Answer{text, text_json(path, text), ExitCode::ok, {}};
}

}  // namespace

Result<Answer> run_config(Session& session) {
  const std::string verb = session.words().empty() ? "show" : session.words().front();
  if (verb == "validate" || session.settings().flag("validate")) return validate(session);
  // Where nobody can answer, the settings are shown instead.
  if (verb == "recovery" && session.terminal().can_ask && !session.is_json()) return guided_setup(session);
  if (verb == "show" || verb == "recovery") return show(session);
  if (verb == "path") return paths(session);
  if (verb == "init") return init(session);
  const std::string close = text::closest(verb, {"show", "validate", "path", "init", "recovery"});
  return make_error(errors::usage_invalid, "cannot understand recover config " + text::printable(verb),
                    close.empty() ? "" : "did you mean " + close + "?")
      .advise("Use show, validate, path, init or recovery.");
}

}  // namespace recover::cli
