// recover plan: what would be done. With -o the plan is kept for `recover apply`.
#include "cli/commands/commands.hpp"
#include "cli/recovering.hpp"
#include "cli/stored_input.hpp"
#include "core/report/report.hpp"
#include "core/text/format.hpp"

namespace recover::cli {

Result<Answer> run_plan(Session& session) {
  Request request = RECOVER_TRY(understand(session.words(), session));
  const auto stored = RECOVER_TRY(store_input(request, session));
  const std::string given_id = session.settings().text("run-id");
  const std::string run_id = given_id.empty() ? run::make_run_id() : given_id;
  const run::RunPlan plan = RECOVER_TRY(make_run_plan(request, run_id, session));
  Answer answer = answer_of_plan(plan, session);
  const std::string file = session.settings().text("output");
  if (!file.empty()) {
    constexpr unsigned private_mode = 0600;
    RECOVER_TRY(session.host().files().write(absolute_path(file), answer.json, "", private_mode));
    answer.text += "Kept:    recover apply " + text::shell_quoted(file) + "\n";
  }
  return answer;
}

}  // namespace recover::cli
