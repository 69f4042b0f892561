// The life of one item: steps in order, each announced in the journal and confirmed there; at the first
// failure everything that was begun is undone in reverse order, so that the target ends old or new,
// never between. The first error is what the report shows; a failure to undo outranks it only because
// then a human is needed, and it tells both. Must never remove a directory that may hold old data.
#include "core/run/item_run.hpp"

#include "core/run/actions.hpp"
#include "core/run/activation.hpp"
#include "core/run/instance_record.hpp"
#include "core/run/preflight.hpp"
#include "core/scan/stream_tree.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace recover::run {

namespace {

ItemState state_of_phase(const std::string& phase, ItemState otherwise) {
  for (const ItemState state : {ItemState::staged, ItemState::loaded, ItemState::verified,
                                ItemState::swapping, ItemState::swapped, ItemState::healthy}) {
    if (to_text(state) == phase) return state;
  }
  return otherwise;
}

std::int64_t counted_rows(const std::vector<Check>& checks) {
  std::int64_t rows = 0;
  for (const Check& check : checks) rows += number_fact(check.facts, "rows");
  return rows;
}

}  // namespace

Result<void> remove_staging(const Plan& plan) {
  const Activate* activate = find_activate(plan);
  if (activate != nullptr && activation::exists(activate->staged) && has_mark(activate->final, plan.run)) {
    return make_error(errors::target_changed, "cannot remove " + plan.target.staging,
                      "the old data may still lie in " + activate->staged);
  }
  for (const Step& step : plan.steps) {
    if (const auto* remove = std::get_if<UndoRemove>(&step.undo)) RECOVER_TRY(remove_tree(remove->path));
  }
  return {};
}

ItemRun::ItemRun(RunContext& context, const Plan& plan, std::size_t number)
    : context_(context),
      plan_(plan),
      number_(number),
      item_(load_item(context.directory, number).value_or(new_item(plan))),
      scratch_(context.state, context.host),
      step_context_{context.host,
                    context.progress,
                    context.cancel,
                    context.directory.path,
                    context.source,
                    &item_.warnings,
                    [this] { return scratch_.path(); }} {}

ItemReport ItemRun::carry_out(const std::optional<Error>& refused) {
  if (context_.journal.has(Event::rolled_back, plan_.id)) return item_;
  const double began = context_.host.clock().elapsed();
  const double before = item_.seconds;
  item_.error.reset();
  auto done = refused ? Result<void>(*refused) : carry_out_steps();
  if (done) done = commit();
  item_.seconds = before + context_.host.clock().elapsed() - began;
  if (!done) fail(std::move(done).error());
  save();
  return item_;
}

Result<void> ItemRun::carry_out_steps() {
  const Engine* engine = RECOVER_TRY(context_.catalog.engine(plan_.engine));
  if (context_.journal.has(Event::committed, plan_.id)) return {};
  for (const Step& step : plan_.steps) {
    if (context_.journal.state_of(plan_.id, step.id) == StepState::done) continue;
    RECOVER_TRY(context_.cancel.check());
    RECOVER_TRY(carry_out_step(*engine, step));
  }
  return {};
}

Result<void> ItemRun::carry_out_step(const Engine& engine, const Step& step) {
  if (context_.observer.step_begins) context_.observer.step_begins(plan_, step);
  RECOVER_TRY(context_.journal.write(Event::begins, plan_.id, step.id));
  const double began = context_.host.clock().elapsed();
  if (std::holds_alternative<Activate>(step.action)) item_.state = ItemState::swapping;
  context_.progress.begin(plan_.finding.name, step.title, step.work);
  ActionContext action{plan_, engine, context_.policy, step_context_, item_};
  auto done = perform(step, action);
  context_.progress.end();
  item_.phases.push_back({step.id, context_.host.clock().elapsed() - began, done ? step.work : Bytes{}});
  if (context_.observer.step_ends) context_.observer.step_ends(plan_, step, done.has_value());
  if (!done) {
    Error error =
        std::move(done).error().during("step \"" + step.id + "\" of " + plan_.id + ": " + step.title);
    // The error of the step counts, whatever becomes of the line that tells it.
    static_cast<void>(context_.journal.write(Event::failed, plan_.id, step.id, error.id));
    return error;
  }
  RECOVER_TRY(context_.journal.write(Event::done, plan_.id, step.id));
  item_.state = state_of_phase(step.phase, item_.state);
  save();
  return {};
}

Result<void> ItemRun::commit() {
  if (plan_.target.kind == TargetKind::private_instance) RECOVER_TRY(write_instance(context_.state, plan_));
  if (!context_.journal.has(Event::committed, plan_.id)) {
    RECOVER_TRY(context_.journal.write(Event::committed, plan_.id));
  }
  // From here on nothing is undone any more; what follows is repeated by the next resume if need be.
  const Activate* activate = find_activate(plan_);
  auto removed = remove_staging(plan_);
  if (!removed) item_.warnings.push_back(removed.error().what + ": " + removed.error().cause);
  if (activate != nullptr) {
    remove_mark(*activate);
    if (!activate->kept.empty() && activation::exists(activate->kept)) {
      item_.kept_old = activate->kept;
      item_.kept_until = context_.host.clock().now() + context_.policy.keep_old_seconds;
    }
  }
  if (plan_.target.kind == TargetKind::server && !plan_.keeps_old_as.empty()) {
    item_.kept_old = plan_.keeps_old_as;
    item_.kept_until = context_.host.clock().now() + context_.policy.keep_old_seconds;
  }
  item_.state = ItemState::committed;
  item_.result = item_.kept_old.empty() ? ItemResult::created : ItemResult::replaced;
  item_.connect_line = text_fact(plan_.facts, "connect_line");
  item_.databases = plan_.databases;
  if (const std::int64_t rows = counted_rows(item_.checks); rows != 0) item_.rows = rows;
  return {};
}

bool ItemRun::is_activated() const {
  return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const Step& step) {
    return std::holds_alternative<UndoActivation>(step.undo) &&
           context_.journal.state_of(plan_.id, step.id) == StepState::done;
  });
}

void ItemRun::fail(Error error) {
  const bool was_activated = is_activated();
  item_.result = ItemResult::failed;
  if (context_.cancel.is_cancelled() && error.id != errors::run_cancelled.id) {
    error = make_error(errors::run_cancelled, "stopped as asked", error.what + ": " + error.cause);
  }
  if (error.id == errors::run_cancelled.id || error.id == errors::run_timeout.id) {
    const bool is_stream = context_.plan.source == scan::standard_input;
    item_.error = std::move(error).leaving(
        is_stream ? "what was done so far is kept; unless all of standard input was read, start again"
                  : "what was done so far is kept; recover resume " + plan_.run + " continues");
    return;
  }
  item_.state = ItemState::failed;
  if (context_.policy.keep_temp) keep_scratch();
  if (!was_activated && context_.policy.keep_temp) {
    item_.state = ItemState::kept_for_inspection;
    const bool is_server = plan_.target.kind == TargetKind::server;
    item_.error = std::move(error).leaving(
        is_server ? "what was loaded stays in " + plan_.target.server + " until recover cleanup"
                  : "the copy is kept in " + plan_.target.staging + " until recover cleanup");
    return;
  }
  step_context_.cancel = CancellationToken{};  // undoing is carried to its end
  auto engine = context_.catalog.engine(plan_.engine);
  auto undone = engine ? undo_all(**engine) : Result<void>(engine.error());
  if (!undone) {
    const Activate* activate = find_activate(plan_);
    const std::string aside = activate == nullptr ? "" : rolled_back_name(*activate, plan_.run);
    item_.error =
        make_error(errors::run_rollback_failed, "cannot undo what was done to " + plan_.target.directory,
                   undone.error().what + ": " + undone.error().cause + "; it was undone because " +
                       error.what + ": " + error.cause)
            .with("final", plan_.target.directory)
            .with("old", plan_.keeps_old_as)
            .with("new", aside)
            .with("staging", plan_.target.staging)
            .with("first_error", error.id);
    return;
  }
  if (was_activated) {
    item_.result = ItemResult::rolled_back;
    item_.state = ItemState::rolled_back;
    static_cast<void>(context_.journal.write(Event::rolled_back, plan_.id, {}, error.id));
    error.state = "the old data is in place again; the new one is kept beside it";
  } else {
    error.state = "the target is as it was before";
  }
  item_.error = std::move(error);
}

void ItemRun::keep_scratch() {
  if (const std::string kept = scratch_.keep(); !kept.empty())
    item_.warnings.push_back("temporary files are kept in " + kept + " until recover cleanup");
}

Result<void> ItemRun::undo_all(const Engine& engine) {
  for (auto step = plan_.steps.rbegin(); step != plan_.steps.rend(); ++step) {
    const StepState state = context_.journal.state_of(plan_.id, step->id);
    if (state == StepState::begun || state == StepState::done) RECOVER_TRY(undo(engine, *step));
  }
  return {};
}

Result<void> ItemRun::undo(const Engine& engine, const Step& step) {
  // A full disk must not keep us from undoing: the journal's own failure is not final here.
  static_cast<void>(context_.journal.write(Event::undo_begins, plan_.id, step.id));
  struct Visitor {
    ItemRun& run;
    const Engine& engine;
    const Step& step;
    Result<void> operator()(const UndoNothing&) const { return {}; }
    Result<void> operator()(const UndoRemove& remove) const { return remove_tree(remove.path); }
    Result<void> operator()(const UndoActivation&) const {
      const auto* activate = std::get_if<Activate>(&step.action);
      return activate == nullptr ? Result<void>() : undo_activation(*activate, run.plan_.run);
    }
    Result<void> operator()(const UndoCall& call) const {
      return engine.perform(call.call, run.plan_, run.step_context_);
    }
    Result<void> operator()(const UndoImpossible& impossible) const {
      return make_error(errors::run_rollback_failed, "cannot undo step " + step.id, impossible.reason);
    }
  };
  auto undone = std::visit(Visitor{*this, engine, step}, step.undo);
  const std::string detail = undone ? "" : undone.error().id;
  static_cast<void>(
      context_.journal.write(undone ? Event::undone : Event::undo_failed, plan_.id, step.id, detail));
  return undone;
}

Result<void> ItemRun::roll_back() {
  const Engine* engine = RECOVER_TRY(context_.catalog.engine(plan_.engine));
  if (const Activate* activate = find_activate(plan_)) RECOVER_TRY(mark_for_undo(*activate, plan_.run));
  // Somebody may have started it since (recover instance start); nothing to stop is success.
  auto undone = engine->perform(EngineCall{"stop", {}}, plan_, step_context_);
  if (undone) undone = undo_all(*engine);
  if (undone && plan_.target.kind == TargetKind::private_instance)
    undone = undo_instance(context_.state, plan_);
  if (!undone) {
    return make_error(errors::run_rollback_failed, "cannot roll back " + plan_.target.directory,
                      undone.error().what + ": " + undone.error().cause)
        .with("final", plan_.target.directory)
        .with("old", plan_.keeps_old_as);
  }
  RECOVER_TRY(context_.journal.write(Event::rolled_back, plan_.id));
  item_.state = ItemState::rolled_back;
  item_.result = ItemResult::rolled_back;
  item_.kept_old.clear();
  item_.connect_line.clear();
  item_.databases.clear();
  save();
  return {};
}

void ItemRun::save() {
  auto saved = save_item(context_.directory, number_, item_);
  if (!saved) context_.host.log().write(LogLevel::warn, saved.error().what + ": " + saved.error().cause);
}

}  // namespace recover::run
