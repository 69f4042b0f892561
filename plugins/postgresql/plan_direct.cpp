// The direct copy: the data directory into a private staging directory, what the copy lacks from wherever
// the survey found it, our own configuration, then recovery and verification by a real server, and only
// then the final name. Two rules are above all others (reference: the documentation's chapter on
// continuous archiving): backup_label is never deleted, because the server would start without it and
// silently miss rows; and pg_resetwal is never run. A standby's directory gets a signal file, or the
// server would not insist on reaching its minimum recovery point.
#include "postgresql/plan_direct.hpp"

#include "postgresql/carried_settings.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/layout.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_steps.hpp"
#include "postgresql/plan_tablespaces.hpp"
#include "postgresql/plan_target.hpp"
#include "postgresql/server.hpp"
#include "postgresql/versions.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr int oldest_server = 10;  // postmaster.pid of older ones does not tell when they are ready

/// What must be known before anything else: server, account, target.
Result<Plan> prepare_plan(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan = begin_plan(assessment, Strategy::direct, wishes);
  const int major = Version{text_fact(plan.facts, fact::major), {}}.major();
  if (major < oldest_server) {
    return make_error(recover::errors::engine_strategy_unavailable, plan.finding.path,
                      "the direct copy knows servers from 10 on");
  }
  use_server(plan, RECOVER_TRY(find_server(major, wishes.bindir, host)), wishes);
  if (wishes.last_resort) set_fact(plan.facts, plan_fact::last_resort, true);
  const auto root = tree.info(text_fact(plan.facts, fact::data_path));
  plan.target.run_as = RECOVER_TRY(choose_account(wishes.run_as, root ? root->owner : 0, host));
  RECOVER_TRY(settle_target(
      plan,
      name_of_cluster(text_fact(plan.facts, fact::major), text_fact(plan.facts, fact::system_identifier)),
      wishes, host));
  return plan;
}

/// Errors: postgresql.wal_missing. An incomplete log is never worked around.
Result<void> check_wal(const Plan& plan) {
  const auto missing = list_fact(plan.facts, fact::wal_missing);
  if (missing.empty()) return {};
  return make_error(errors::wal_missing, plan.finding.path,
                    fmt::format("{} segments are missing, the first is {}", missing.size(), missing.front()));
}

void warn_of_losses(Plan& plan) {
  const auto directories = list_fact(plan.facts, fact::missing_directories);
  if (!directories.empty()) {
    plan.warnings.push_back(fmt::format("{} empty directories had got lost and are made anew: {}, ...",
                                        directories.size(), directories.front()));
  }
  for (const std::string& lost : list_fact(plan.facts, fact::missing_tablespaces)) {
    plan.warnings.push_back("tablespace " + lost + " is missing: its tables cannot be read");
  }
}

}  // namespace

Result<Plan> plan_direct(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan = RECOVER_TRY(prepare_plan(assessment, wishes, tree, host));
  RECOVER_TRY(check_wal(plan));
  warn_of_losses(plan);
  const auto moves = RECOVER_TRY(plan_tablespaces(plan, wishes, tree, host));
  const auto locales = RECOVER_TRY(locales_to_build(list_fact(plan.facts, fact::locales), host));
  if (!text_fact(plan.facts, fact::manifest).empty() && !wishes.last_resort)
    set_fact(plan.facts, plan_fact::manifest_copy,
             fmt::format("{}/runs/{}/manifest-{}", wishes.state_directory, plan.run, plan.id));
  steps::DirectCopy spec;
  spec.staging = plan.target.staging;
  spec.owner = plan.target.run_as;
  const auto settings =
      read_settings(tree, text_fact(plan.facts, fact::data_path), text_fact(plan.facts, fact::major));
  const auto carried = carried_settings(settings);
  report_settings(plan, settings);
  const SourceParts parts{plan, wishes, moves, tree, carried};
  spec.copies = copy_parts(parts);
  set_fact(plan.facts, plan_fact::copy_manifests, manifests_of(spec.copies));
  spec.after_copy = complete_copy(parts, locales);
  spec.verify = Verify{wishes.verify_level};
  spec.activate = activation(plan, wishes);
  spec.after_activate = last_steps(plan, spec.activate.inside);
  plan.steps = steps::direct_copy(spec);
  const bool needs_tablespaces =
      std::any_of(moves.begin(), moves.end(), [](const auto& move) { return !move.chosen; });
  insert_target_steps(plan, needs_tablespaces, host);
  if (auto manifest = place_manifest(parts)) plan.steps.insert(plan.steps.begin(), *std::move(manifest));
  for (Step& step : plan.steps) {
    if (step.id == "copy") step.work = plan.finding.size.logical;
  }
  const auto option = std::find_if(assessment.options.begin(), assessment.options.end(),
                                   [](const Option& one) { return one.strategy == Strategy::direct; });
  plan.space_needed = option != assessment.options.end() ? option->space_needed : plan.finding.size.allocated;
  plan.space_needed += Bytes{list_fact(plan.facts, fact::wal_to_place).size() *
                             static_cast<std::uint64_t>(number_fact(plan.facts, fact::wal_segment_size))};
  return plan;
}

}  // namespace recover::postgresql
