// Nothing is changed without a yes: from --yes, from require_confirmation=false, or from a person at a
// terminal. Where nobody can be asked the run is refused (exit 8), because a script that hangs at a
// question in the night is worse.
#include "cli/confirmation.hpp"

#include "core/report/report.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <algorithm>

namespace recover::cli {

namespace {

bool is_agreed_already(const Session& session) {
  return session.settings().flag("yes") || !session.settings().flag("require_confirmation");
}

Error not_confirmed(const std::string& cause) {
  return make_error(errors::run_not_confirmed, "nothing was changed", cause)
      .leaving("source and target are untouched");
}

Result<void> expect(const std::string& question, const std::string& expected, const Session& session) {
  if (!session.terminal().can_ask) return not_confirmed("there is no terminal to ask on");
  const auto answer = ask(question, session.cancel());
  if (answer == expected) return {};
  return not_confirmed(answer ? "the answer was not " + expected : "there was no answer");
}

}  // namespace

Result<void> confirm(const std::string& question, Session& session) {
  if (is_agreed_already(session)) return {};
  return expect(question + " [y/n]: ", "y", session);
}

Result<void> confirm_plan(const run::RunPlan& plan, Session& session) {
  if (is_agreed_already(session)) return {};
  if (session.terminal().can_ask) {
    write_message(report::plan_text(plan, session.terminal().message_style()) + "\n");
  }
  const auto replaced = std::count_if(plan.plans.begin(), plan.plans.end(),
                                      [](const Plan& one) { return !one.replaces.empty(); });
  if (replaced == 0) return expect("Recover now? [y/n]: ", "y", session);
  const std::string number = std::to_string(replaced);
  return expect("This replaces data in " + number + (replaced == 1 ? " place" : " places") +
                    ". The old data stays beside it for " +
                    text::duration(static_cast<double>(session.settings().number("restore.keep_old"))) +
                    ".\nType the number of places (" + number + "), or n: ",
                number, session);
}

}  // namespace recover::cli
