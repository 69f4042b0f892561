/// From a request to a plan, and from a plan to a finished run: what recover, plan, apply and restore share.
#pragma once

#include "cli/choices.hpp"
#include "cli/command.hpp"
#include "cli/session.hpp"
#include "core/run/hooks.hpp"

#include <functional>

namespace recover::cli {

/// Scans and plans; changes nothing. With --interactive the person chooses among the findings.
Result<run::RunPlan> make_run_plan(const Request& request, const std::string& run_id, Session& session);

/// The dry run: the plan as the answer. Its exit code is 0 when something would be recovered.
Answer answer_of_plan(const run::RunPlan& plan, Session& session);

/// Asks, carries out, reports. Errors: run.not_confirmed.
Result<Answer> carry_out(const run::RunPlan& plan, Session& session);

/// A report as the answer.
Answer answer_of_report(Report report, Session& session);

/// The run that just ended as the answer; whoever wants to hear of it is told first.
Answer answer_of_run(Report report, Session& session);

/// Carries `work` out between the hooks of the configuration. Errors: those of the hook before, of `work`.
Result<Report> between_hooks(const run::RunName& name, Session& session,
                             const std::function<Result<Report>()>& work);

/// How to go about a run, with the command line for its report.
run::Policy policy_of(const Session& session);

}  // namespace recover::cli
