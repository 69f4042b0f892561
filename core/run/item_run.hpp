/// One plan, carried out step by step with its journal, and undone when it fails.
#pragma once

#include "core/run/journal.hpp"
#include "core/run/records.hpp"
#include "core/run/run.hpp"
#include "core/run/scratch.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::run {

/// What all items of one run share. Everything is borrowed.
struct RunContext {
  const RunPlan& plan;
  const Policy& policy;
  const StateDirectory& state;
  plugin::Catalog& catalog;
  Host& host;
  Progress& progress;
  const Observer& observer;
  const CancellationToken& cancel;
  Journal& journal;
  const RunDirectory& directory;
  Tree* source = nullptr;  ///< nothing when it is not needed
};

class ItemRun {
 public:
  /// `number` is the position of `plan` in the run.
  ItemRun(RunContext& context, const Plan& plan, std::size_t number);

  /// Carries out what the journal does not say is done. The outcome, also a failure, is in the report.
  ItemReport carry_out(const std::optional<Error>& refused);
  /// Undoes a committed item (recover rollback).
  Result<void> roll_back();
  [[nodiscard]] const ItemReport& report() const { return item_; }

 private:
  Result<void> carry_out_steps();
  Result<void> carry_out_step(const Engine& engine, const Step& step);
  Result<void> commit();
  void fail(Error error);
  void keep_scratch();
  Result<void> undo_all(const Engine& engine);
  Result<void> undo(const Engine& engine, const Step& step);
  [[nodiscard]] bool is_activated() const;
  void save();

  RunContext& context_;
  const Plan& plan_;
  std::size_t number_;
  ItemReport item_;
  LazyScratch scratch_;
  StepContext step_context_;
};

/// Removes the staging directories of a committed or undone plan. Leaves them where they might still
/// hold old data.
Result<void> remove_staging(const Plan& plan);

}  // namespace recover::run
