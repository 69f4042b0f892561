// recover apply FILE: exactly the plan that was approved. The source is scanned again first, because a
// plan for yesterday's files must not run on today's.
#include "cli/commands/commands.hpp"
#include "cli/recovering.hpp"
#include "cli/scanning.hpp"
#include "core/report/report.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

namespace {

Result<void> check_source(const run::RunPlan& plan, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const scan::Outcome outcome = RECOVER_TRY(scan_source({plan.source, {}}, session));
  run::Selection same;
  for (const Plan& one : plan.plans) same.ids.push_back(one.id);
  const Wishes wished = RECOVER_TRY(wishes(session, plan.run));
  const run::RunPlan now =
      RECOVER_TRY(run::make_plan(outcome, same, wished, *catalog, session.host(), session.cancel()));
  if (now.source_fingerprint == plan.source_fingerprint) return {};
  return make_error(errors::plan_source_changed, "will not apply the plan " + plan.run,
                    text::printable(plan.source) + " is not what it was when the plan was made")
      .leaving("nothing was changed")
      .with("path", plan.source);
}

}  // namespace

Result<Answer> run_apply(Session& session) {
  if (session.words().size() != 1) {
    return make_error(errors::usage_invalid, "recover apply needs one plan file")
        .advise("recover apply plan.json");
  }
  const std::string file = absolute_path(session.words().front());
  auto content = session.host().files().read(file);
  if (!content) {
    return make_error(errors::plan_invalid, "cannot read the plan " + text::printable(file),
                      content.error().cause);
  }
  const run::RunPlan plan = RECOVER_TRY(report::plan_from_json(*content));
  RECOVER_TRY(check_source(plan, session));
  return carry_out(plan, session);
}

}  // namespace recover::cli
