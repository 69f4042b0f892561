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

std::string steps_text(const std::string& run, const std::vector<run::StepStatus>& steps) {
  std::vector<std::vector<std::string>> rows{{" DATABASE", "STEP", "STATE", "WHAT"}};
  for (const auto& step : steps)
    rows.push_back({" " + step.item, step.step, step.state, text::printable(step.title)});
  return "Run " + run + "\n\n" + text::table(rows);
}

/// One look at all runs, or at the steps of the one that is named.
Result<Answer> look(const std::string& word, Session& session) {
  const auto runs = run::list_runs(session.state());
  if (word.empty()) return Answer{runs_text(runs), runs_json(runs), ExitCode::ok, {}};
  const std::string run = RECOVER_TRY(run::find_run(word, session.state()));
  const auto steps = RECOVER_TRY(run::steps_of(run, session.state()));
  return Answer{steps_text(run, steps), steps_json(run, steps), ExitCode::ok, {}};
}

/// Whether anything, or the run that is named, is still running.
bool something_runs(const std::string& word, Session& session) {
  const auto wanted = word.empty() ? Result<std::string>("") : run::find_run(word, session.state());
  for (const auto& run : run::list_runs(session.state())) {
    const bool counts = wanted && (wanted->empty() || run.run == *wanted);
    if (counts && run.status == "running") return true;
  }
  return false;
}

}  // namespace

Result<Answer> run_status(Session& session) {
  const std::string word = session.words().empty() ? "" : session.words().front();
  Answer answer = RECOVER_TRY(look(word, session));
  const bool watch = session.settings().flag("watch") && !session.is_json();
  while (watch && something_runs(word, session) && !session.cancel().is_cancelled()) {
    write_answer(answer.text + "\n");
    session.host().clock().sleep(std::chrono::seconds(2), session.cancel());
    answer = RECOVER_TRY(look(word, session));
  }
  answer.exit = session.exit_unless_signalled(ExitCode::ok);
  return answer;
}

}  // namespace recover::cli
