/// A run: from a survey to plans, from plans to a report. What the commands call; no printing here.
#pragma once

#include "core/plugin/catalog.hpp"
#include "core/scan/scanner.hpp"
#include "recover/cancel.hpp"
#include "recover/engine.hpp"
#include "recover/host.hpp"
#include "recover/model.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace recover::run {

/// What the operator selected out of a survey.
struct Selection {
  std::vector<std::string> engines;   ///< manifest names; empty = all
  std::vector<std::string> ids;       ///< --pick; empty = the best of every group
  std::optional<Strategy> preferred;  ///< used where a database could be recovered by several strategies
  std::int64_t as_of = 0;             ///< seconds since the epoch: what is newer is passed over; 0 = nothing is
  [[nodiscard]] bool names_engine(const std::string& engine) const;
};

/// A finding that will not be recovered now, and why. `is_failure`: the operator named it.
struct Skipped {
  Finding finding;
  Error reason;
  bool is_failure = false;
};

/// recover.plan/1: everything a run will do.
struct RunPlan {
  std::string run;
  std::string source;              ///< absolute
  std::string source_fingerprint;  ///< over the findings' files as seen by the scan
  std::vector<Plan> plans;         ///< in the order they are carried out, largest first
  std::vector<Skipped> skipped;
  std::vector<std::string> warnings;
};

struct Policy {
  bool continue_on_error = false;
  bool require_all = false;
  std::optional<double> min_success_percent;
  std::int64_t keep_old_seconds = 7 * 86400;
  bool keep_temp = false;
  std::uint64_t min_free = 2'000'000'000;
  std::uint64_t archive_max_entries = 5'000'000;
  std::chrono::seconds no_progress_limit{3600};
  bool redact = true;                  ///< hide secrets in the report
  unsigned parallel_items = 1;         ///< items carried out at the same time; 0 = number of cores
  std::vector<std::string> arguments;  ///< how the program was called, for the report
};

/// Directories of one installation's state.
struct StateDirectory {
  std::string path;                        ///< 0711 for root so that servers reach their instance
  [[nodiscard]] std::string runs() const;  ///< 0700
  [[nodiscard]] std::string run(const std::string& id) const;
  [[nodiscard]] std::string instances() const;
  [[nodiscard]] std::string locks() const;
};

/// A new run id (ULID): ids sort by the millisecond they were made in.
std::string make_run_id();

/// Chooses and plans. Nothing is changed anywhere. Errors: scan.nothing_found,
/// scan.nothing_selected. What cannot be recovered is in RunPlan::skipped.
Result<RunPlan> make_plan(const scan::Outcome& scanned, const Selection& selection, const Wishes& wishes,
                          plugin::Catalog& catalog, Host& host, const CancellationToken& cancel);

/// Told about each step and each finished item while a run goes on; several items at the same time may tell.
struct Observer {
  std::function<void(const RunPlan&)> run_begins;
  std::function<void(const Plan&, const Step&)> step_begins;
  std::function<void(const Plan&, const Step&, bool is_done)> step_ends;
  std::function<void(const ItemReport&)> item_ends;
  /// A progress display of its own for one item; without it all share the one of the run.
  std::function<std::unique_ptr<Progress>(const Plan&)> progress_of;
};

/// Carries a plan out: lock, preflight, steps with journal, verification, swap. Never throws; every
/// failure is in the report. Writes run directory: plan.json, journal.jsonl, report.json,
/// restore-manifest-*.json.
Report execute(const RunPlan& plan, const Policy& policy, const StateDirectory& state,
               plugin::Catalog& catalog, Host& host, Progress& progress, const Observer& observer,
               const CancellationToken& cancel);

/// Continues an interrupted run from its journal. Errors: run.not_found, run.journal_damaged,
/// plan.source_changed.
Result<Report> resume(const std::string& run, const Policy& policy, const StateDirectory& state,
                      plugin::Catalog& catalog, Host& host, Progress& progress, const Observer& observer,
                      const CancellationToken& cancel);

/// Puts the kept old data back: of all items, or of those whose id or name is in `only`. Errors:
/// run.not_found, run.nothing_to_undo, run.rollback_failed, scan.nothing_selected.
Result<Report> rollback(const std::string& run, const std::vector<std::string>& only,
                        const StateDirectory& state, plugin::Catalog& catalog, Host& host, Progress& progress,
                        const CancellationToken& cancel);

/// Looks again at what a run recovered (Engine::verify on the live result where possible).
Result<Report> verify_again(const std::string& run, const std::string& level, const StateDirectory& state,
                            plugin::Catalog& catalog, Host& host, Progress& progress,
                            const CancellationToken& cancel);

/// One recorded run, newest first in lists.
struct RunSummary {
  std::string run;
  std::string source;
  std::string status;  ///< words of RunStatus, or "running", "interrupted"
  std::int64_t started = 0;
  std::vector<ItemReport> items;
};
std::vector<RunSummary> list_runs(const StateDirectory& state);
/// Where one step of a recorded run stands.
struct StepStatus {
  std::string item;
  std::string step;
  std::string title;
  std::string state;  ///< "waiting", "begun", "done", "undone"
};
/// All steps of a run in the order of its plan. Errors: run.not_found, run.journal_damaged, plan.invalid.
Result<std::vector<StepStatus>> steps_of(const std::string& run, const StateDirectory& state);
/// The full id of a run given by id, unique prefix, or "last". Errors: run.not_found.
Result<std::string> find_run(const std::string& word, const StateDirectory& state);
/// The stored report.json of a run. Errors: run.not_found.
Result<std::string> stored_report(const std::string& run, const StateDirectory& state);

/// What cleanup would remove or removed.
struct Leftover {
  std::string run;
  std::string path;  ///< or names of databases in a running server
  std::string what;  ///< "old data", "staging", "rolled-back data"
  Bytes bytes;
  std::int64_t until = 0;  ///< kept until
};
/// Kept old data whose time is over and staging directories of dead runs; removes them unless dry.
Result<std::vector<Leftover>> cleanup(const StateDirectory& state, std::int64_t older_than_seconds,
                                      bool dry_run, plugin::Catalog& catalog, Host& host);

/// Exit code and status of a report by the rulings (docs/exit-codes.md): worst of all, partial, ...
void settle(Report& report, const Policy& policy);

}  // namespace recover::run
