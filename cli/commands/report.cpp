// recover report: the stored report of a run, as text, as one HTML page, or as the JSON that was stored.
#include "core/report/report.hpp"

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"

namespace recover::cli {

Result<Answer> run_report(Session& session) {
  const std::string word = session.words().empty() ? "last" : session.words().front();
  const std::string run = RECOVER_TRY(run::find_run(word, session.state()));
  const std::string stored = RECOVER_TRY(run::stored_report(run, session.state()));
  const Report report = RECOVER_TRY(report::report_from_json(stored));
  if (session.settings().flag("html")) return Answer{report::report_html(report), stored, ExitCode::ok, {}};
  return Answer{report::report_text(report, session.terminal().answer_style()), stored, ExitCode::ok, {}};
}

}  // namespace recover::cli
