// What the state directory remembers: runs, their reports, their ids. Reads only. A run without a report
// is running when its lock is held, and interrupted otherwise.
#include "core/report/report.hpp"
#include "core/run/journal.hpp"
#include "core/run/records.hpp"
#include "core/run/run.hpp"
#include "core/run/run_lock.hpp"
#include "core/sys/whole_file.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <filesystem>

namespace recover::run {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_report = std::size_t{256} << 20;

/// Run ids, newest first: they sort by time.
std::vector<std::string> run_ids(const StateDirectory& state) {
  std::vector<std::string> ids;
  std::error_code failed;
  for (auto it = fs::directory_iterator(state.runs(), failed); !failed && it != fs::directory_iterator();
       it.increment(failed)) {
    if (it->is_directory(failed)) ids.push_back(it->path().filename().string());
  }
  std::sort(ids.rbegin(), ids.rend());
  return ids;
}

std::vector<ItemReport> stored_items(const RunDirectory& directory) {
  std::vector<ItemReport> items;
  const auto plan = load_plan(directory);
  if (!plan) return items;
  for (std::size_t number = 0; number < plan->plans.size(); ++number) {
    items.push_back(load_item(directory, number).value_or(new_item(plan->plans[number])));
  }
  return items;
}

std::string word_of(StepState state) {
  switch (state) {
    case StepState::untouched: return "waiting";
    case StepState::begun: return "begun";
    case StepState::done: return "done";
    case StepState::undone: return "undone";
  }
  return "";
}

RunSummary summary_of(const StateDirectory& state, const std::string& run) {
  const RunDirectory directory{state.run(run)};
  const StoredStatus stored = load_status(directory);
  RunSummary summary{run, stored.source, stored.status, stored.started, stored_items(directory)};
  if (summary.status == "running" && !is_running(state, run)) summary.status = "interrupted";
  return summary;
}

}  // namespace

std::vector<RunSummary> list_runs(const StateDirectory& state) {
  std::vector<RunSummary> runs;
  for (const std::string& run : run_ids(state)) runs.push_back(summary_of(state, run));
  return runs;
}

Result<std::vector<StepStatus>> steps_of(const std::string& run, const StateDirectory& state) {
  const RunDirectory directory{state.run(RECOVER_TRY(find_run(run, state)))};
  const RunPlan plan = RECOVER_TRY(load_plan(directory));
  const JournalContent journal = RECOVER_TRY(read_journal(directory.journal()));
  std::vector<StepStatus> steps;
  for (const Plan& one : plan.plans) {
    for (const Step& step : one.steps) {
      steps.push_back({one.id, step.id, step.title, word_of(journal.state_of(one.id, step.id))});
    }
  }
  return steps;
}

Result<std::string> find_run(const std::string& word, const StateDirectory& state) {
  const auto ids = run_ids(state);
  const auto unknown = [&](const std::string& cause) {
    return make_error(errors::run_not_found, "cannot find the run \"" + word + "\"", cause);
  };
  if (ids.empty()) return unknown("no run is recorded in " + state.path);
  if (word == "last") return ids.front();
  std::string upper = word;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  std::vector<std::string> found;
  for (const std::string& id : ids) {
    if (id == word || id == upper) return id;
    if (!word.empty() && (id.starts_with(word) || id.starts_with(upper))) found.push_back(id);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return unknown("no run of that id is recorded in " + state.path);
  return unknown("several runs begin like this: " + found[0] + ", " + found[1]);
}

Result<std::string> stored_report(const std::string& run, const StateDirectory& state) {
  const std::string id = RECOVER_TRY(find_run(run, state));
  std::string text;
  if (sys::read_whole_file(RunDirectory{state.run(id)}.report(), largest_report, text) == 0) return text;
  return make_error(errors::run_not_found, "cannot show the report of run " + id,
                    is_running(state, id) ? "it is still running" : "it was interrupted before it wrote one")
      .advise("Run recover status to see where it is, or continue it with recover resume " + id + ".");
}

}  // namespace recover::run
