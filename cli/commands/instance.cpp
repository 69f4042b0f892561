// recover instance: the life of private instances after their recovery.
#include "core/run/instance.hpp"

#include "cli/commands/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/documents.hpp"
#include "cli/session.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

namespace {

std::string instances_text(const std::vector<run::Instance>& instances) {
  if (instances.empty()) return "There is no private instance.\n";
  std::vector<std::vector<std::string>> rows{{" NAME", "ENGINE", "VERSION", "STATE", "DATA"}};
  std::string lines;
  for (const auto& one : instances) {
    rows.push_back({" " + one.name, one.engine, one.version, one.running ? "running" : "stopped",
                    text::printable(one.data_directory)});
    if (one.running && !one.connect_line.empty()) lines += " " + one.connect_line + "\n";
  }
  return text::table(rows) + (lines.empty() ? "" : "\nConnect:\n" + lines);
}

Answer answer_of(const std::vector<run::Instance>& instances) {
  return Answer{instances_text(instances), instances_json(instances), ExitCode::ok, {}};
}

Result<Answer> remove(const std::string& name, Session& session, plugin::Catalog& catalog) {
  RECOVER_TRY(confirm("Remove the instance " + name + " with all its data?", session));
  RECOVER_TRY(run::remove_instance(name, session.state(), catalog, session.host(), session.cancel()));
  const std::string text = "Removed " + name + ".\n";
  return Answer{text, text_json("instance remove", text), ExitCode::ok, {}};
}

Result<Answer> unit(const std::string& name, Session& session, plugin::Catalog& catalog) {
  const std::string text = RECOVER_TRY(run::systemd_unit(name, session.state(), catalog, session.host()));
  return Answer{text, text_json("systemd unit of " + name, text), ExitCode::ok, {}};
}

Error wrong_words(const std::string& cause) {
  return make_error(errors::usage_invalid, "cannot understand recover instance", cause)
      .advise("Use recover instance list, or start, stop or remove with a NAME.");
}

}  // namespace

Result<Answer> run_instance(Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const auto& words = session.words();
  const std::string verb = words.empty() ? "list" : words.front();
  if (verb == "list") return answer_of(run::list_instances(session.state(), *catalog, session.host()));
  if (verb != "start" && verb != "stop" && verb != "remove") {
    const std::string close = text::closest(verb, {"list", "start", "stop", "remove"});
    return wrong_words(close.empty() ? "unknown word " + text::printable(verb)
                                     : "did you mean " + close + "?");
  }
  if (words.size() != 2) return wrong_words(verb + " needs the name of one instance");
  const std::string& name = words[1];
  if (session.settings().flag("unit")) return unit(name, session, *catalog);
  if (verb == "remove") return remove(name, session, *catalog);
  const auto act = verb == "start" ? run::start_instance : run::stop_instance;
  return answer_of({RECOVER_TRY(act(name, session.state(), *catalog, session.host(), session.cancel()))});
}

}  // namespace recover::cli
