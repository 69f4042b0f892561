/// Carrying out the closed list of actions: one handler per alternative.
#pragma once

#include "core/run/run.hpp"
#include "recover/engine.hpp"
#include "recover/host.hpp"
#include "recover/model.hpp"

namespace recover::run {

/// What a handler may use, and the report it adds its numbers to.
struct ActionContext {
  const Plan& plan;
  const Engine& engine;
  const Policy& policy;
  StepContext& step;
  ItemReport& item;
};

/// Carries the action of a step out. Idempotent: an interrupted one is simply carried out again. A failed
/// check is an Error (verify.failed); the checks themselves are in the item.
Result<void> perform(const Step& step, ActionContext& context);

/// verify.failed naming the failed checks of `what`, or nothing.
Result<void> all_passed(const std::vector<Check>& checks, const std::string& what);

/// Removes a tree that this run made (links are removed, never followed). Nothing there is success.
Result<void> remove_tree(const std::string& path);

/// syncfs and fsync of every directory of a tree and of its parent.
Result<void> sync_tree(const std::string& root);

}  // namespace recover::run
