// recover SOURCE: the whole thing. A --run-id makes it safe to start again: a finished run answers with
// its report, an interrupted one is continued.
#include "cli/commands/commands.hpp"
#include "cli/observing.hpp"
#include "cli/recovering.hpp"
#include "cli/stored_input.hpp"
#include "core/report/report.hpp"

namespace recover::cli {

namespace {

/// The run of that id if it was started before.
Result<std::optional<Answer>> earlier_run(const std::string& id, Session& session) {
  const run::StateDirectory state = session.state();
  for (const auto& summary : run::list_runs(state)) {
    if (summary.run != id) continue;
    if (summary.status == to_text(RunStatus::success) || summary.status == to_text(RunStatus::warnings)) {
      const std::string stored = RECOVER_TRY(run::stored_report(id, state));
      session.warn("run " + id + " is already done");
      return std::optional(answer_of_report(RECOVER_TRY(report::report_from_json(stored)), session));
    }
    plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
    Report report = RECOVER_TRY(run::resume(id, policy_of(session), state, *catalog, session.host(),
                                            session.progress(), observer_of(session), session.cancel()));
    return std::optional(answer_of_run(std::move(report), session));
  }
  return std::optional<Answer>{};
}

Result<Answer> recover_request(const Request& request, const std::string& run_id, Session& session) {
  const run::RunPlan plan = RECOVER_TRY(make_run_plan(request, run_id, session));
  return session.settings().flag("dry_run_mode") ? answer_of_plan(plan, session) : carry_out(plan, session);
}

}  // namespace

Result<Answer> run_recover(Session& session) {
  return run_recover_words(session.words(), session);
}

Result<Answer> run_recover_words(const std::vector<std::string>& words, Session& session) {
  const auto& settings = session.settings();
  const bool is_dry = settings.flag("dry_run_mode");
  const std::string given_id = settings.text("run-id");
  if (!given_id.empty() && !is_dry) {
    if (auto answer = RECOVER_TRY(earlier_run(given_id, session))) return *answer;
  }
  Request request = RECOVER_TRY(understand(words, session));
  auto stored = RECOVER_TRY(store_input(request, session));
  auto answer = recover_request(request, given_id.empty() ? run::make_run_id() : given_id, session);
  keep_after_failure(stored, answer, session);
  return answer;
}

}  // namespace recover::cli
