// recover help: the overview, a command's page, or a topic.
#include "cli/help.hpp"

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

Result<Answer> run_help(Session& session) {
  const std::string subject = session.words().empty() ? "" : session.words().front();
  std::string page;
  if (const auto topic = topic_help(subject)) {
    page = *topic;
  } else if (const Command* command = find_command(subject)) {
    page = command_help(*command);
  } else {
    std::vector<std::string> known{"exit-codes", "environment", "errors", "config"};
    for (const Command& one : commands()) known.emplace_back(one.name);
    const std::string close = text::closest(subject, known);
    return make_error(errors::usage_invalid, "there is no help on \"" + text::printable(subject) + "\"",
                      close.empty() ? "" : "did you mean " + close + "?");
  }
  return Answer{page, help_json(subject, page), ExitCode::ok, {}};
}

}  // namespace recover::cli
