// A data directory can only be opened by the major version that wrote it. So its own version opens a copy,
// recovers it as after any crash, and is dumped by the programs of the new one (reference: the manual,
// "Upgrading Data via pg_dumpall": use the newer pg_dumpall) straight into the loader. What follows is the
// loading of a dump, with the same proof: what the old server gave is counted and summed on the way, and
// again in the new one.
#include "postgresql/older/plan_older.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/extension_packages.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/older/older_server.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_load.hpp"
#include "postgresql/plan_steps.hpp"
#include "postgresql/plan_tablespaces.hpp"
#include "postgresql/plan_target.hpp"
#include "recover/errors.hpp"
#include "recover/steps.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql::older {

namespace {

constexpr int oldest_server = 10;  // as for the direct copy (plan_direct.cpp)

/// The newest server that is here, whichever directory it is in.
Result<Server> target_server(const Finding& finding, const Wishes& wishes, Host& host) {
  auto best = newest_server({}, host);
  if (!wishes.bindir.empty()) {
    auto named = newest_server(wishes.bindir, host);
    const auto major = [](const Server& server) { return Version{server.version, {}}.major(); };
    if (named && (!best || major(*named) > major(*best))) best = std::move(named);
  }
  if (!best)
    return make_error(errors::server_not_installed, "PostgreSQL", "no server of any version is here");
  if (Version{best->version, {}}.major() < finding.version.major())
    return too_new(finding, finding.version.major(), *best);
  return *std::move(best);
}

/// The old server runs in a directory that goes with the copy: nothing of the plan's target is its.
Wishes wishes_of_copy(const Wishes& wishes) {
  Wishes own = wishes;
  own.tablespaces.clear();
  return own;
}

/// Steps of this engine that are about the copy say so.
void mark_as_of_copy(std::vector<Step>& steps) {
  for (Step& step : steps) {
    if (auto* call = std::get_if<EngineCall>(&step.action)) set_fact(call->arguments, on_copy, true);
  }
}

/// A plan whose finding knows everything of the old cluster, and whose own facts are those of the new one.
Plan begin_conversion(const Assessment& assessment, const Wishes& wishes) {
  Plan plan = begin_plan(assessment, Strategy::container, wishes);
  for (const Fact& one : assessment.facts) set_fact(plan.finding.facts, one.name, one.value);
  std::erase_if(plan.facts,
                [&](const Fact& one) { return find_fact(plan.finding.facts, one.name) != nullptr; });
  set_fact(plan.finding.facts, fact::dump_parts, std::vector<std::string>{"server||"});
  return plan;
}

Result<Plan> prepare_plan(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan = begin_conversion(assessment, wishes);
  const int major = plan.finding.version.major();
  if (major < oldest_server) {
    return make_error(recover::errors::engine_strategy_unavailable, plan.finding.path,
                      fmt::format("servers before {} cannot be started by this version", oldest_server));
  }
  const Server server = RECOVER_TRY(target_server(plan.finding, wishes, host));
  const Choice choice = RECOVER_TRY(choose(major, wishes, host));
  note(plan, choice);
  if (!choice.reason.empty()) plan.warnings.push_back("a container is used: " + choice.reason);
  set_fact(plan.facts, fact::major, std::to_string(Version{server.version, {}}.major()));
  set_fact(plan.facts, fact::superuser, std::string("postgres"));
  use_server(plan, server, wishes);
  warn_of_version(plan, Version{server.version, {}}.major());
  RECOVER_TRY(load::note_wishes(plan, wishes));
  const auto root = tree.info(text_fact(plan.finding.facts, fact::data_path));
  plan.target.run_as = RECOVER_TRY(choose_account(wishes.run_as, root ? root->owner : 0, host));
  const std::string identifier = text_fact(plan.finding.facts, fact::system_identifier);
  RECOVER_TRY(
      settle_target(plan, name_of_cluster(text_fact(plan.facts, fact::major), identifier), wishes, host));
  return plan;
}

Step load_step(const Plan& plan) {
  const std::string runtime = text_fact(plan.facts, older_fact::runtime);
  return {"load",
          "loaded",
          fmt::format("start PostgreSQL {} {} on the copy, recover it, and load what it dumps into an empty "
                      "cluster of {}",
                      text_fact(plan.facts, older_fact::version),
                      runtime.empty() ? "from " + text_fact(plan.facts, older_fact::bindir)
                                      : "in a container of " + text_fact(plan.facts, older_fact::image) +
                                            " (" + runtime + ")",
                      text_fact(plan.facts, plan_fact::server_version)),
          EngineCall{"load_older", {}},
          UndoCall{{"discard_older", {}}},
          {}};
}

}  // namespace

Bytes space_to_convert(const Finding& finding) {
  return Bytes{finding.size.allocated.count * 2 + (std::uint64_t{64} << 20)};
}

std::optional<Error> obstacle_to_convert(const Finding& finding, const Wishes& wishes, Host& host) {
  const auto server = target_server(finding, wishes, host);
  if (!server) return server.error();
  const auto missing = missing_extensions(list_fact(finding.facts, fact::extensions), server->bindir, host);
  if (!missing.empty()) return lacks_extensions(missing, server->version, server->bindir);
  const std::string& runtime = wishes.container.runtime;
  const bool may_contain =
      runtime != "local" && runtime != "none" &&
      (host.processes().find_program("podman") || host.processes().find_program("docker"));
  if (may_contain) return std::nullopt;  // the plan finds out whether it works
  const auto old = choose(finding.version.major(), wishes, host);
  if (!old) return old.error();
  return std::nullopt;
}

Result<Plan> plan_older(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan = RECOVER_TRY(prepare_plan(assessment, wishes, tree, host));
  const Plan copy = copy_plan(plan);
  const Wishes own = wishes_of_copy(wishes);
  const auto moves = RECOVER_TRY(plan_tablespaces(copy, own, tree, host));
  auto locales = RECOVER_TRY(locales_to_build(list_fact(copy.facts, fact::locales), host));
  const SourceParts parts{copy, own, moves, tree, {}};
  steps::ConvertedCopy spec;
  spec.copies = copy_parts(parts);
  set_fact(plan.facts, plan_fact::copy_manifests, manifests_of(spec.copies));
  spec.after_copy = complete_copy(parts, locales);
  mark_as_of_copy(spec.after_copy);
  spec.load.staging = plan.target.staging;
  spec.load.owner = plan.target.run_as;
  spec.load.load = {load_step(plan)};
  spec.load.verify = Verify{wishes.verify_level};
  spec.load.activate = activation(plan, wishes);
  spec.load.after_activate = last_steps(plan, spec.load.activate.inside);
  plan.steps = steps::converted_copy(spec);
  plan.steps.insert(plan.steps.begin() + 1,
                    {"stage_copy",
                     "found",
                     "make a directory for the copy that the old server gets",
                     MakeDirectories{copy.target.staging, {}, plan.target.run_as, 0700},
                     UndoNothing{},
                     {}});
  insert_target_steps(plan, false, host);
  set_fact(plan.facts, plan_fact::made_beside, std::vector{tablespace_home(plan)});  // by the load, if at all
  for (Step& step : plan.steps) {
    if (step.id == "copy") step.work = plan.finding.size.logical;
  }
  plan.space_needed = space_to_convert(plan.finding);
  return plan;
}

}  // namespace recover::postgresql::older
