// A whole run: prepare the state, lock, refuse first, carry the items out (several at the same time, each
// with its own steps, locks and undo), settle, write everything down. execute() and resume() are the same
// walk; the journal says what is left to do. After a failure without continue_on_error no further item is
// begun, those under way are carried to their end. The report lists the items in the order of the plan.
// Must never write anything before it is sure that the state directory lies outside the source.
#include "core/run/activation.hpp"
#include "core/run/disk_watch.hpp"
#include "core/run/item_run.hpp"
#include "core/run/journal.hpp"
#include "core/run/preflight.hpp"
#include "core/run/records.hpp"
#include "core/run/redaction.hpp"
#include "core/run/restore_manifest.hpp"
#include "core/run/run.hpp"
#include "core/run/run_lock.hpp"
#include "core/run/source_digest.hpp"
#include "core/run/stall_watch.hpp"
#include "core/scan/stream_tree.hpp"
#include "core/sys/host.hpp"
#include "recover/errors.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace recover::run {

namespace {

ItemReport skipped_item(const Skipped& skipped) {
  ItemReport item;
  item.id = skipped.finding.id;
  item.engine = skipped.finding.engine;
  item.name = skipped.finding.name;
  item.source_version = skipped.finding.version.text;
  item.state = skipped.is_failure ? ItemState::failed : ItemState::skipped;
  item.result = skipped.is_failure ? ItemResult::failed : ItemResult::skipped;
  item.error = skipped.reason;
  return item;
}

class Execution {
 public:
  Execution(RunContext context, Report& report)
      : context_(context), report_(report), manifest_(context.directory, context.plan, report.started) {}

  Result<void> run() {
    for (const Skipped& skipped : context_.plan.skipped) report_.items.push_back(skipped_item(skipped));
    report_.warnings = context_.plan.warnings;
    const bool fresh = context_.journal.content().records.empty();
    if (fresh) RECOVER_TRY(save_plan(context_.directory, context_.plan));
    if (reads_source()) RECOVER_TRY(check_source(context_.plan, context_.cancel));
    RECOVER_TRY(context_.journal.write(Event::run_begins));
    if (context_.observer.run_begins) context_.observer.run_begins(context_.plan);
    save_what_is_known();
    say("running", "checking");
    refuse_first();
    {
      const DiskWatch watch(context_.plan.plans, context_.policy.min_free, context_.progress, context_.host);
      carry_out_all();
      for (const std::string& warning : watch.warnings()) report_.warnings.push_back(warning);
    }
    finish_report();
    return {};
  }

 private:
  static bool calls_for_source(const Step& step) {
    const auto* call = std::get_if<EngineCall>(&step.action);
    return call != nullptr && !call->reads.empty();
  }

  /// False when all that is left does not touch the source any more.
  bool reads_source() {
    for (const Plan& plan : context_.plan.plans) {
      for (const Step& step : plan.steps) {
        const bool reads = std::holds_alternative<CopyTree>(step.action) ||
                           std::holds_alternative<PlaceFiles>(step.action) ||
                           std::holds_alternative<UnpackArchive>(step.action) || calls_for_source(step);
        const StepState state = context_.journal.state_of(plan.id, step.id);
        if (reads && state != StepState::done && !is_over(plan)) return true;
      }
    }
    return false;
  }

  bool is_over(const Plan& plan) {
    return context_.journal.has(Event::committed, plan.id) ||
           context_.journal.has(Event::rolled_back, plan.id);
  }

  void refuse_first() {
    SpaceBudget budget(context_.policy.min_free);
    const std::int64_t now = context_.host.clock().now();
    for (const Plan& plan : context_.plan.plans) {
      std::optional<Error>& refused = refused_.emplace_back();
      if (is_over(plan)) continue;
      auto lock = lock_target(context_.state, plan, now);
      if (!lock) {
        refused = std::move(lock).error();
        continue;
      }
      locks_.push_back(std::move(lock).value());
      const Activate* activate = find_activate(plan);
      const bool is_resumed = activate != nullptr && is_begun(plan);
      auto checked = preflight(plan, context_.plan.source, is_resumed, budget, context_.host);
      if (!checked) refused = std::move(checked).error();
    }
  }

  bool is_begun(const Plan& plan) {
    for (const Step& step : plan.steps) {
      const bool activates = std::holds_alternative<Activate>(step.action);
      const StepState state = context_.journal.state_of(plan.id, step.id);
      if (activates && (state == StepState::begun || state == StepState::done)) return true;
    }
    return false;
  }

  void carry_out_all() {
    const std::size_t count = context_.plan.plans.size();
    const bool stop_before_all =
        !context_.policy.continue_on_error &&
        std::any_of(refused_.begin(), refused_.end(), [](const auto& one) { return one.has_value(); });
    outcomes_.resize(count);
    {
      std::vector<std::jthread> others;
      for (std::size_t more = 1; more < std::min(count, lanes()); ++more) {
        others.emplace_back([this, stop_before_all] { take_items(stop_before_all); });
      }
      take_items(stop_before_all);
    }
    for (auto& outcome : outcomes_) report_.items.push_back(std::move(*outcome));
  }

  [[nodiscard]] std::size_t lanes() const {
    const unsigned asked = context_.policy.parallel_items;
    return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
  }

  /// Carries out one item after the other until none is left; the body of every thread.
  void take_items(bool stop_before_all) {
    const auto& plans = context_.plan.plans;
    while (true) {
      std::unique_lock lock(mutex_);
      if (next_ == plans.size()) return;
      const std::size_t number = next_++;
      const bool held_back = stopped_ || (stop_before_all && !refused_[number]);
      const bool is_skipped = held_back && !is_over(plans[number]);
      lock.unlock();
      ItemReport item = is_skipped ? not_attempted(plans[number]) : carry_out(plans[number], number);
      lock.lock();
      item_ends(number, std::move(item));
    }
  }

  /// Under the lock.
  void item_ends(std::size_t number, ItemReport item) {
    const bool failed = item.result == ItemResult::failed || item.result == ItemResult::rolled_back;
    stopped_ = stopped_ || context_.cancel.is_cancelled() || (failed && !context_.policy.continue_on_error);
    outcomes_[number] = std::move(item);
    save_what_is_known();
    if (context_.observer.item_ends) context_.observer.item_ends(*outcomes_[number]);
  }

  /// The manifest, for whoever finds this run dead.
  void save_what_is_known() {
    Report known;
    known.items = report_.items;
    for (const auto& outcome : outcomes_) {
      if (outcome) known.items.push_back(*outcome);
    }
    if (context_.policy.redact) redact(known);
    note(manifest_.save(known.items));
  }

  ItemReport carry_out(const Plan& plan, std::size_t number) {
    const std::string doing = plan.id + " " + plan.finding.name;
    say_working(doing, true);
    std::unique_ptr<Progress> own;
    if (context_.observer.progress_of) own = context_.observer.progress_of(plan);
    const StallWatch watch(own ? *own : context_.progress, context_.policy.no_progress_limit,
                           context_.cancel);
    const CancellationToken cancel = watch.token();
    // A plan that still needs its source was refused before when the source is not there.
    const auto source = scan::open_tree(context_.plan.source, cancel);
    RunContext watched{context_.plan,
                       context_.policy,
                       context_.state,
                       context_.catalog,
                       context_.host,
                       watch.progress(),
                       context_.observer,
                       cancel,
                       context_.journal,
                       context_.directory,
                       source ? source->get() : nullptr};
    ItemReport item = ItemRun(watched, plan, number).carry_out(refused_[number]);
    if (watch.has_stalled() && item.error && item.error->id == errors::run_cancelled.id) {
      item.error = watch.error(item.error->what);
    }
    say_working(doing, false);
    return item;
  }

  /// Keeps status.json at what is under way.
  void say_working(const std::string& doing, bool begins) {
    const std::scoped_lock lock(mutex_);
    if (begins) {
      working_.push_back(doing);
    } else {
      std::erase(working_, doing);
    }
    std::string all;
    for (const auto& one : working_) all += (all.empty() ? "" : ", ") + one;
    say("running", all);
  }

  ItemReport not_attempted(const Plan& plan) const {
    ItemReport item = new_item(plan);
    item.warnings.push_back("not attempted, because the run ended before");
    return item;
  }

  void finish_report() {
    report_.source_digest = source_digest(context_.plan);
    for (const ItemReport& item : report_.items) report_.source_bytes += item.bytes;
    if (!context_.cancel.is_cancelled()) {
      report_.source_unchanged = check_source(context_.plan, {}).has_value();
    }
    if (!report_.source_unchanged) report_.warnings.emplace_back("the source changed while the run went on");
  }

  void say(const std::string& status, const std::string& doing) {
    note(save_status(context_.directory, context_.plan.run, context_.plan.source, status, doing,
                     report_.started));
  }

  /// What only informs must not stop a run.
  void note(const Result<void>& saved) {
    if (!saved) context_.host.log().write(LogLevel::warn, saved.error().what + ": " + saved.error().cause);
  }

  RunContext context_;
  Report& report_;
  RestoreManifest manifest_;
  std::vector<sys::TargetLock> locks_;
  std::vector<std::optional<Error>> refused_;
  std::mutex mutex_;  ///< of everything below, the manifest and status.json
  std::size_t next_ = 0;
  bool stopped_ = false;
  std::vector<std::optional<ItemReport>> outcomes_;
  std::vector<std::string> working_;
};

/// A report that says who runs what, with nothing in it yet.
Report new_report(const RunPlan& plan, const Policy& policy, Host& host) {
  Report report;
  report.run = plan.run;
  report.source = plan.source;
  if (plan.source == scan::standard_input) report.source_kind = "stdin";
  report.arguments = policy.arguments;
  report.started = host.clock().now();
  report.user = host.accounts().current();
  report.host = sys::machine_name();
  return report;
}

void measure_resources(Report& report) {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return;
  constexpr double millionth = 1e-6;
  report.peak_memory = Bytes{static_cast<std::uint64_t>(used.ru_maxrss) * 1024};
  report.processor_seconds = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                             millionth * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/// Ends a report: status, exit code, times; stored where that is possible.
void conclude(Report& report, const Policy& policy, Host& host, double began, const RunDirectory* directory,
              Journal* journal) {
  settle(report, policy);
  if (policy.redact) run::redact(report);
  report.finished = host.clock().now();
  report.seconds = host.clock().elapsed() - began;
  measure_resources(report);
  if (directory != nullptr) report.artifacts = artifacts_of(*directory, report);
  if (journal != nullptr) static_cast<void>(journal->write(Event::run_ends, {}, {}, to_text(report.status)));
  if (directory == nullptr) return;
  for (auto saved :
       {save_report(*directory, report),
        save_status(*directory, report.run, report.source, to_text(report.status), "", report.started)}) {
    if (!saved) host.log().write(LogLevel::warn, saved.error().what + ": " + saved.error().cause);
  }
}

}  // namespace

Report execute(const RunPlan& plan, const Policy& policy, const StateDirectory& state,
               plugin::Catalog& catalog, Host& host, Progress& progress, const Observer& observer,
               const CancellationToken& cancel) {
  Report report = new_report(plan, policy, host);
  const double began = host.clock().elapsed();
  const auto give_up = [&](Error error) {
    report.errors.push_back(std::move(error));
    conclude(report, policy, host, began, nullptr, nullptr);
    return report;
  };
  if (auto outside = check_outside(state.path, plan.source); !outside)
    return give_up(std::move(outside).error());
  auto directory = make_run_directory(state, plan.run, host);
  if (!directory) return give_up(std::move(directory).error());
  auto lock = lock_run(state, plan.run, report.started);
  if (!lock) return give_up(std::move(lock).error());
  auto journal = Journal::open(directory->journal(), host.clock());
  if (!journal) return give_up(std::move(journal).error());
  RunContext context{plan, policy, state, catalog, host, progress, observer, cancel, *journal, *directory};
  auto done = Execution(context, report).run();
  if (!done) report.errors.push_back(std::move(done).error());
  conclude(report, policy, host, began, &*directory, &*journal);
  return report;
}

Result<Report> resume(const std::string& run, const Policy& policy, const StateDirectory& state,
                      plugin::Catalog& catalog, Host& host, Progress& progress, const Observer& observer,
                      const CancellationToken& cancel) {
  const RunDirectory directory{state.run(RECOVER_TRY(find_run(run, state)))};
  RECOVER_TRY(read_journal(directory.journal()));
  const RunPlan plan = RECOVER_TRY(load_plan(directory));
  Report report = execute(plan, policy, state, catalog, host, progress, observer, cancel);
  report.resumed_from = plan.run;
  for (const Error& error : report.errors) {
    if (error.id == errors::plan_source_changed.id || error.id == errors::lock_held.id) return error;
  }
  static_cast<void>(save_report(directory, report));
  return report;
}

}  // namespace recover::run
