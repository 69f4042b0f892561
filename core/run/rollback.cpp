// Undoing a committed run and looking at one again. Both work from what the run wrote down: its plan and
// its journal. Rolling back never deletes: the recovered data is kept beside as FINAL.rolled-back-RUN.
#include "core/report/report.hpp"
#include "core/run/actions.hpp"
#include "core/run/past_run.hpp"
#include "core/run/run.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <utility>

namespace recover::run {

Result<std::unique_ptr<PastRun>> PastRun::open(const std::string& word, const StateDirectory& state,
                                               Host& host) {
  RunDirectory directory{state.run(RECOVER_TRY(find_run(word, state)))};
  RunPlan plan = RECOVER_TRY(load_plan(directory));
  auto lock = RECOVER_TRY(lock_run(state, plan.run, host.clock().now()));
  Journal journal = RECOVER_TRY(Journal::open(directory.journal(), host.clock()));
  return std::make_unique<PastRun>(PastRun{std::move(directory), std::move(plan), std::move(lock),
                                           std::move(journal), Policy{}, Observer{}, host.clock().elapsed()});
}

Report PastRun::new_report(Host& host) const {
  Report report;
  report.run = plan.run;
  report.source = plan.source;
  report.started = host.clock().now();
  return report;
}

namespace {

/// The stored report with the items that were rolled back in their new state; the new one where none is.
Report merged(const Report& report, const PastRun& past, const StateDirectory& state, bool is_complete) {
  const auto stored = stored_report(past.plan.run, state);
  auto before = stored ? report::report_from_json(*stored) : Result<Report>(report);
  if (!before) return report;
  for (ItemReport& item : before->items) {
    const auto now = std::find_if(report.items.begin(), report.items.end(),
                                  [&](const ItemReport& one) { return one.id == item.id; });
    if (now != report.items.end()) item = *now;
  }
  // What is left was recovered as before; only a run without anything left counts as rolled back.
  if (is_complete) before->status = RunStatus::rolled_back;
  return *before;
}

void conclude(Report& report, const PastRun& past, const StateDirectory& state, bool is_complete,
              Host& host) {
  report.finished = host.clock().now();
  report.seconds = host.clock().elapsed() - past.began;
  const Report kept = merged(report, past, state, is_complete);
  for (auto saved :
       {save_report(past.directory, kept),
        save_status(past.directory, kept.run, kept.source, to_text(kept.status), "", kept.started)}) {
    if (!saved) host.log().write(LogLevel::warn, saved.error().what + ": " + saved.error().cause);
  }
}

bool is_wanted(const Plan& plan, const std::vector<std::string>& only) {
  const auto is_it = [&](const std::string& word) { return word == plan.id || word == plan.finding.name; };
  return only.empty() || std::any_of(only.begin(), only.end(), is_it);
}

Result<void> check_known(const RunPlan& run, const std::vector<std::string>& only) {
  for (const std::string& word : only) {
    const auto has_it = [&](const Plan& plan) { return is_wanted(plan, {word}); };
    if (std::any_of(run.plans.begin(), run.plans.end(), has_it)) continue;
    return make_error(errors::scan_nothing_selected, "cannot roll back \"" + word + "\"",
                      "run " + run.run + " recovered nothing of that id or name")
        .advise("recover status " + run.run + " shows what it recovered.");
  }
  return {};
}

/// Looks at one committed item; the outcome is in the report.
ItemReport verify_item(const Plan& plan, const std::string& level, ItemReport item, plugin::Catalog& catalog,
                       StepContext& context) {
  item.result = ItemResult::verified;
  item.verify_level = level;
  item.checks.clear();
  item.error.reset();
  auto engine = catalog.engine(plan.engine);
  auto checks =
      engine ? (*engine)->verify(plan, Verify{level}, context) : Result<std::vector<Check>>(engine.error());
  if (checks) {
    item.checks = *checks;
    if (auto passed = all_passed(item.checks, plan.finding.name); !passed) item.error = passed.error();
  } else {
    item.error = checks.error();
  }
  if (item.error) item.result = ItemResult::failed;
  return item;
}

}  // namespace

Result<Report> rollback(const std::string& run, const std::vector<std::string>& only,
                        const StateDirectory& state, plugin::Catalog& catalog, Host& host, Progress& progress,
                        const CancellationToken& cancel) {
  const auto past = RECOVER_TRY(PastRun::open(run, state, host));
  RunContext context{past->plan, past->policy,   state,  catalog,       host,
                     progress,   past->observer, cancel, past->journal, past->directory};
  RECOVER_TRY(check_known(past->plan, only));
  Report report = past->new_report(host);
  const auto& plans = past->plan.plans;
  bool is_complete = true;
  for (std::size_t number = plans.size(); number-- > 0;) {
    const Plan& plan = plans[number];
    if (!past->journal.has(Event::committed, plan.id) || past->journal.has(Event::rolled_back, plan.id))
      continue;
    if (!is_wanted(plan, only)) {
      is_complete = false;
      continue;
    }
    const auto lock = RECOVER_TRY(lock_target(state, plan, host.clock().now()));
    ItemRun item(context, plan, number);
    RECOVER_TRY(item.roll_back());
    report.items.push_back(item.report());
  }
  if (report.items.empty()) {
    return make_error(errors::run_nothing_to_undo, "cannot roll back run " + past->plan.run,
                      "it put nothing into place, or was rolled back before");
  }
  report.status = RunStatus::rolled_back;
  report.exit = ExitCode::ok;
  conclude(report, *past, state, is_complete, host);
  return report;
}

Result<Report> verify_again(const std::string& run, const std::string& level, const StateDirectory& state,
                            plugin::Catalog& catalog, Host& host, Progress& progress,
                            const CancellationToken& cancel) {
  const auto past = RECOVER_TRY(PastRun::open(run, state, host));
  StepContext context{host, progress, cancel, past->directory.path};
  Report report = past->new_report(host);
  const auto& plans = past->plan.plans;
  for (std::size_t number = 0; number < plans.size(); ++number) {
    const Plan& plan = plans[number];
    const JournalContent& journal = past->journal.content();
    if (!journal.has(Event::committed, plan.id) || journal.has(Event::rolled_back, plan.id)) continue;
    ItemReport item = load_item(past->directory, number).value_or(new_item(plan));
    progress.begin(plan.finding.name, "verify", {});
    report.items.push_back(verify_item(plan, level, std::move(item), catalog, context));
    progress.end();
  }
  if (report.items.empty()) {
    return make_error(errors::run_not_found, "cannot verify run " + past->plan.run,
                      "it recovered nothing that is still there");
  }
  Policy policy;
  policy.continue_on_error = true;
  policy.require_all = true;
  settle(report, policy);
  report.finished = host.clock().now();
  report.seconds = host.clock().elapsed() - past->began;
  if (auto saved = save_verification(past->directory, report); !saved) {
    host.log().write(LogLevel::warn, saved.error().what + ": " + saved.error().cause);
  }
  return report;
}

}  // namespace recover::run
