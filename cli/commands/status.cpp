// recover status: the runs of this state directory, from their own records; no daemon is asked.
#include "cli/commands/commands.hpp"
#include "cli/documents.hpp"
#include "cli/session.hpp"
#include "core/text/format.hpp"

namespace recover::cli {

namespace {

std::string runs_text(const std::vector<run::RunSummary>& runs) {
  if (runs.empty()) return "No run is recorded here yet.\n";
  std::vector<std::vector<std::string>> rows{{" RUN", "STARTED", "STATUS", "DATABASES", "SOURCE"}};
  for (const auto& run : runs) {
    std::string items;
    for (const auto& item : run.items) items += (items.empty() ? "" : " ") + item.id;
    rows.push_back(
        {" " + run.run, text::timestamp(run.started), run.status, items, text::printable(run.source)});
  }
  return text::table(rows);
}

bool something_runs(const std::vector<run::RunSummary>& runs) {
  for (const auto& run : runs) {
    if (run.status == "running") return true;
  }
  return false;
}

}  // namespace

Result<Answer> run_status(Session& session) {
  auto runs = run::list_runs(session.state());
  const bool watch = session.settings().flag("watch") && !session.is_json();
  while (watch && something_runs(runs) && !session.cancel().is_cancelled()) {
    write_answer(runs_text(runs) + "\n");
    session.host().clock().sleep(std::chrono::seconds(2), session.cancel());
    runs = run::list_runs(session.state());
  }
  return Answer{runs_text(runs), runs_json(runs), session.exit_unless_signalled(ExitCode::ok), {}};
}

}  // namespace recover::cli
