// Removing what runs left on purpose: old data whose keep time is over, recovered data that was rolled
// back, staging directories of runs that nobody continues. Must never touch the present data of anything:
// only paths that a plan named for this, and never while its run is alive. A clock before a file's time
// keeps the file.
#include "core/model/silent.hpp"
#include "core/run/actions.hpp"
#include "core/run/activation.hpp"
#include "core/run/past_run.hpp"
#include "core/run/preflight.hpp"
#include "core/run/run.hpp"
#include "core/run/scratch.hpp"
#include "recover/errors.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace recover::run {

namespace {

/// Facts by which a plan names what belongs to its data and lies outside of it (lists of directories):
/// what this run made, and what the data that it replaces has there.
constexpr auto made_beside = "made_beside";
constexpr auto kept_beside = "kept_beside";

/// When the run last wrote into its journal.
std::int64_t ended(const RunDirectory& directory) {
  struct ::stat status {};
  return ::stat(directory.journal().c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
}

class Cleanup {
 public:
  Cleanup(std::int64_t older_than, bool dry_run, plugin::Catalog& catalog, Host& host)
      : older_than_(older_than),
        dry_run_(dry_run),
        now_(host.clock().now()),
        catalog_(catalog),
        host_(host) {}

  Result<void> run(PastRun& past) {
    const std::int64_t end = ended(past.directory);
    for (std::size_t number = 0; number < past.plan.plans.size(); ++number) {
      const Plan& plan = past.plan.plans[number];
      const JournalContent& journal = past.journal.content();
      const Activate* activate = find_activate(plan);
      if (plan.target.kind == TargetKind::server) {
        RECOVER_TRY(offer_in_server(past, plan, number, end));
      } else if (journal.has(Event::rolled_back, plan.id)) {
        if (activate != nullptr) {
          RECOVER_TRY(offer_all(plan, rolled_back_name(*activate, plan.run), made_beside, "rolled-back data",
                                until(end, 0)));
        }
      } else if (journal.has(Event::committed, plan.id)) {
        const auto item = load_item(past.directory, number);
        const std::int64_t kept_until = item ? item->kept_until : 0;
        if (activate != nullptr) {
          RECOVER_TRY(offer_all(plan, activate->kept, kept_beside, "old data", until(end, kept_until)));
        }
      } else if (!is_begun(journal, plan)) {
        RECOVER_TRY(offer_staging(past, plan, until(end, 0)));
      }
    }
    return {};
  }

  std::vector<Leftover> found;

 private:
  /// `older_than` counts from the end of the run; without it the time the run promised to keep.
  [[nodiscard]] std::int64_t until(std::int64_t end, std::int64_t promised) const {
    if (older_than_ == 0) return 0;  // everything, whatever the clock says
    if (older_than_ > 0) return end + older_than_;
    return promised != 0 ? promised : end;
  }

  /// An activation that was begun is finished or undone by resume, never cleaned away.
  static bool is_begun(const JournalContent& journal, const Plan& plan) {
    for (const Step& step : plan.steps) {
      if (!std::holds_alternative<Activate>(step.action)) continue;
      const StepState state = journal.state_of(plan.id, step.id);
      if (state == StepState::begun || state == StepState::done) return true;
    }
    return false;
  }

  Result<void> offer(const Plan& plan, const std::string& path, const std::string& what, std::int64_t until) {
    if (!activation::exists(path)) return {};
    const bool is_due = until <= now_;
    if (!is_due && !dry_run_) return {};
    found.push_back({plan.run, path, what, Bytes{allocated_below(path)}, until});
    return dry_run_ || !is_due ? Result<void>() : remove_tree(path);
  }

  /// Data and what belongs to it beside. The data goes last: while it is there, the rest is found again.
  Result<void> offer_all(const Plan& plan, const std::string& path, const char* beside,
                         const std::string& what, std::int64_t until) {
    if (!activation::exists(path)) return {};
    for (const std::string& directory : list_fact(plan.facts, beside))
      RECOVER_TRY(offer(plan, directory, what, until));
    return offer(plan, path, what, until);
  }

  /// Databases that a run left in a running server; only its engine can drop them.
  Result<void> offer_in_server(PastRun& past, const Plan& plan, std::size_t number, std::int64_t end) {
    const JournalContent& journal = past.journal.content();
    const auto item = load_item(past.directory, number);
    if (!item || item->state == ItemState::cleaned) return {};
    if (journal.has(Event::rolled_back, plan.id)) {
      return drop_in_server("drop_kept", {plan.run, plan.replaces, "rolled-back data", {}, until(end, 0)},
                            past, number);
    }
    if (journal.has(Event::committed, plan.id)) {
      if (item->kept_old.empty()) return {};
      return drop_in_server("drop_kept",
                            {plan.run, item->kept_old, "old data", {}, until(end, item->kept_until)}, past,
                            number);
    }
    if (is_begun_in_server(journal, plan) || !has_loaded(journal, plan)) return {};
    return drop_in_server("drop_begun", {plan.run, "what was loaded", "staging", {}, until(end, 0)}, past,
                          number);
  }

  /// Names that were being exchanged are finished or given back by resume.
  static bool is_begun_in_server(const JournalContent& journal, const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
      const StepState state = journal.state_of(plan.id, step.id);
      return step.phase == to_text(ItemState::swapped) &&
             (state == StepState::begun || state == StepState::done);
    });
  }
  static bool has_loaded(const JournalContent& journal, const Plan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
      const StepState state = journal.state_of(plan.id, step.id);
      return step.phase == to_text(ItemState::loaded) &&
             (state == StepState::begun || state == StepState::done);
    });
  }

  Result<void> drop_in_server(const std::string& call, Leftover leftover, PastRun& past, std::size_t number) {
    const Plan& plan = past.plan.plans[number];
    const bool is_due = leftover.until <= now_;
    if (!is_due && !dry_run_) return {};
    leftover.path += " on " + plan.target.server;
    found.push_back(std::move(leftover));
    if (dry_run_ || !is_due) return {};
    Silent silent;
    StepContext context{host_, silent, CancellationToken{}, past.directory.path};
    const Engine* engine = RECOVER_TRY(catalog_.engine(plan.engine));
    if (auto dropped = engine->perform(EngineCall{call, {}}, plan, context); !dropped) {
      // A server that is down must not keep everything else from being cleaned.
      host_.log().write(LogLevel::warn, dropped.error().what + ": " + dropped.error().cause);
      found.pop_back();
      return {};
    }
    auto cleaned = load_item(past.directory, number);
    if (!cleaned) return {};
    cleaned->state = ItemState::cleaned;
    cleaned->kept_old.clear();
    return save_item(past.directory, number, *cleaned);
  }

  /// What a killed load started may outlive it: a container is nobody's child.
  void end_what_it_started(PastRun& past, const Plan& plan) {
    Silent silent;
    StepContext context{host_, silent, CancellationToken{}, past.directory.path};
    const auto engine = catalog_.engine(plan.engine);
    for (const Step& step : plan.steps) {
      const auto* undo = std::get_if<UndoCall>(&step.undo);
      if (!engine || undo == nullptr || step.phase != to_text(ItemState::loaded)) continue;
      if (past.journal.content().state_of(plan.id, step.id) == StepState::untouched) continue;
      if (auto ended = (*engine)->perform(undo->call, plan, context); !ended)
        host_.log().write(LogLevel::warn, ended.error().what + ": " + ended.error().cause);
    }
  }

  Result<void> offer_staging(PastRun& past, const Plan& plan, std::int64_t until) {
    const std::size_t before = found.size();
    const bool is_there = activation::exists(plan.target.staging);
    if (is_there && !dry_run_ && until <= now_) end_what_it_started(past, plan);
    RECOVER_TRY(offer_all(plan, plan.target.staging, made_beside, "staging", until));
    if (dry_run_ || found.size() == before) return {};
    // A later resume must begin anew and not believe in a copy that is gone.
    for (const Step& step : plan.steps) {
      if (past.journal.content().state_of(plan.id, step.id) != StepState::untouched) {
        RECOVER_TRY(past.journal.write(Event::undone, plan.id, step.id));
      }
    }
    return {};
  }

  std::int64_t older_than_;
  bool dry_run_;
  std::int64_t now_;
  plugin::Catalog& catalog_;
  Host& host_;
};

}  // namespace

Result<std::vector<Leftover>> cleanup(const StateDirectory& state, std::int64_t older_than_seconds,
                                      bool dry_run, plugin::Catalog& catalog, Host& host) {
  Cleanup cleanup(older_than_seconds, dry_run, catalog, host);
  cleanup.found = RECOVER_TRY(sweep_scratch(state, Sweep::all, dry_run, host));
  for (const RunSummary& summary : list_runs(state)) {
    if (summary.status == "running") continue;
    auto past = PastRun::open(summary.run, state, host);
    if (!past) {
      host.log().write(LogLevel::warn, past.error().what + ": " + past.error().cause);
      continue;
    }
    RECOVER_TRY(cleanup.run(**past));
  }
  return std::move(cleanup.found);
}

}  // namespace recover::run
