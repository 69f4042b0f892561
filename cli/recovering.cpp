// The way every recovery takes. Nothing is changed before the plan has been shown and confirmed, and what
// was confirmed is what runs: the same RunPlan is printed, asked about and carried out.
#include "cli/recovering.hpp"

#include "cli/confirmation.hpp"
#include "cli/observing.hpp"
#include "cli/recipients.hpp"
#include "cli/saving.hpp"
#include "cli/scanning.hpp"
#include "cli/telling.hpp"
#include "config/value.hpp"
#include "core/report/report.hpp"
#include "core/run/redaction.hpp"
#include "core/text/split.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

namespace {

/// The ids a person picks from the scan; what --pick says when it is given.
Result<std::vector<std::string>> picked_ids(const scan::Outcome& outcome, Session& session) {
  if (!session.settings().flag("interactive")) return session.settings().list("pick");
  if (!session.terminal().can_ask) {
    return make_error(errors::run_not_confirmed, "cannot ask which databases to recover",
                      "--interactive needs a terminal")
        .advise("Name them with --pick; recover scan shows their ids.");
  }
  write_message(report::scan_text(outcome, session.terminal().message_style(), false));
  const auto line = ask("Ids to recover, separated by blanks (empty: the best of each): ", session.cancel());
  if (!line) return make_error(errors::run_cancelled, "nobody chose");
  return text::split(*line, " ,");
}

/// What a run of this plan would report if every step succeeded at once: enough for its exit code.
Report report_of_skipped(const run::RunPlan& plan) {
  Report report;
  for (const auto& skipped : plan.skipped) {
    ItemReport item;
    item.id = skipped.finding.id;
    item.result = skipped.is_failure ? ItemResult::failed : ItemResult::skipped;
    item.error = skipped.reason;
    report.items.push_back(std::move(item));
  }
  for (std::size_t i = 0; i < plan.plans.size(); ++i) {
    ItemReport item;
    item.result = ItemResult::created;
    report.items.push_back(std::move(item));
  }
  return report;
}

}  // namespace

Result<run::RunPlan> make_run_plan(const Request& request, const std::string& run_id, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const scan::Outcome outcome = RECOVER_TRY(scan_source(request, session));
  RECOVER_TRY(session.cancel().check());
  if (const Error* fatal = error_of_source(request.source, outcome)) return *fatal;
  if (outcome.survey.findings.empty()) return nothing_found(request, session);
  run::Selection chosen = selection(request, session.settings());
  chosen.ids = RECOVER_TRY(picked_ids(outcome, session));
  const Wishes wished = RECOVER_TRY(wishes(session, run_id));
  run::RunPlan plan =
      RECOVER_TRY(run::make_plan(outcome, chosen, wished, *catalog, session.host(), session.cancel()));
  if (session.settings().flag("log.redact")) run::redact(plan);
  tell_plan(plan, session);
  return plan;
}

Answer answer_of_plan(const run::RunPlan& plan, Session& session) {
  Answer answer;
  Report outlook = report_of_skipped(plan);
  run::settle(outlook, policy(session.settings()));
  answer.exit = session.exit_unless_signalled(outlook.exit);
  answer.text = report::plan_text(plan, session.terminal().answer_style());
  answer.json = report::plan_json(plan);
  return answer;
}

run::Policy policy_of(const Session& session) {
  run::Policy chosen = policy(session.settings());
  chosen.arguments = without_heartbeat(session.command_line());
  return chosen;
}

Result<Report> between_hooks(const run::RunName& name, Session& session,
                             const std::function<Result<Report>()>& work) {
  const config::Settings& settings = session.settings();
  const run::Hooks hooks{text::split(settings.text("hooks.before"), " "),
                         text::split(settings.text("hooks.after"), " "), policy(settings).no_progress_limit};
  auto report = [&]() -> Result<Report> {
    RECOVER_TRY(run::run_before(hooks, name, session.host(), session.cancel()));
    return work();
  }();
  if (report) {
    run::run_after(hooks, *report, session.state(), session.host());
  } else if (auto after = run::run_after(hooks, name, report.error(), session.host()); !after) {
    session.warn(after.error().what + ": " + after.error().cause);
  }
  return report;
}

Answer answer_of_report(Report report, Session& session) {
  // A run only knows that it was interrupted, not by which signal.
  if (report.exit == ExitCode::interrupted) report.exit = session.exit_unless_signalled(report.exit);
  tell_end(report, session);
  Answer answer;
  answer.exit = report.exit;
  answer.text = report::report_text(report, session.terminal().answer_style());
  answer.json = report::report_json(report);
  return answer;
}

Answer answer_of_run(Report report, Session& session) {
  session.progress().end();
  if (report.exit == ExitCode::interrupted) report.exit = session.exit_unless_signalled(report.exit);
  Answer answer = answer_of_report(report, session);
  answer.afterwards = [report = std::move(report), &session] { tell_of_run(report, session); };
  return answer;
}

Result<Answer> carry_out(const run::RunPlan& plan, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const auto work = [&]() -> Result<Report> {
    RECOVER_TRY(save_before(plan, session));
    return run::execute(plan, policy_of(session), session.state(), *catalog, session.host(),
                        session.progress(), observer_of(session), session.cancel());
  };
  if (plan.plans.empty()) return answer_of_run(RECOVER_TRY(work()), session);
  RECOVER_TRY(confirm_plan(plan, session));
  return answer_of_run(RECOVER_TRY(between_hooks({plan.run, plan.source}, session, work)), session);
}

}  // namespace recover::cli
