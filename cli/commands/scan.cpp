// recover scan: what is there. Exit 0 when something was found, 5 when nothing was; a SOURCE that is one
// file and damaged (3) or unsafe (14) ends with that, whatever else could be read of it.
#include "cli/commands/commands.hpp"
#include "cli/scanning.hpp"
#include "core/report/report.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

Result<Answer> run_scan(Session& session) {
  const Request request = RECOVER_TRY(understand(session.words(), session));
  scan::Outcome outcome = RECOVER_TRY(scan_source(request, session));
  keep_wanted(outcome, request);
  Answer answer;
  const Error* fatal = error_of_source(request.source, outcome);
  if (fatal != nullptr) {
    answer.error = *fatal;
  } else if (outcome.survey.findings.empty() && !outcome.stopped_early) {
    answer.error = nothing_found(request, session);
    outcome.errors.push_back(*answer.error);
  }
  answer.exit = session.exit_unless_signalled(answer.error ? answer.error->exit : ExitCode::ok);
  answer.text =
      report::scan_text(outcome, session.terminal().answer_style(), session.settings().flag("print-errors"));
  answer.json = report::scan_json(outcome);
  return answer;
}

}  // namespace recover::cli
