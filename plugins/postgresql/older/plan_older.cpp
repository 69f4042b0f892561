// A data directory can only be opened by the major version that wrote it. So its own version opens a copy,
// recovers it as after any crash, and is dumped by the programs of the new one (reference: the manual,
// "Upgrading Data via pg_dumpall": use the newer pg_dumpall) straight into the loader. What follows is the
// loading of a dump, with the same proof: what the old server gave is counted and summed on the way, and
// again in the new one.
#include "postgresql/older/plan_older.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/extension_packages.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/into_server/plan_server.hpp"
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
  if (const Value* point = find_fact(assessment.facts, point_fact)) set_fact(plan.facts, point_fact, *point);
  return plan;
}

/// Who runs the old server, and as whom.
Result<void> choose_old_server(Plan& plan, const Wishes& wishes, Tree& tree, Host& host) {
  const int major = plan.finding.version.major();
  if (major < oldest_server) {
    return make_error(recover::errors::engine_strategy_unavailable, plan.finding.path,
                      fmt::format("servers before {} cannot be started by this version", oldest_server));
  }
  const Choice choice = RECOVER_TRY(choose(major, wishes, host));
  note(plan, choice);
  if (!choice.reason.empty()) plan.warnings.push_back("a container is used: " + choice.reason);
  const auto root = tree.info(text_fact(plan.finding.facts, fact::data_path));
  plan.target.run_as = RECOVER_TRY(choose_account(wishes.run_as, root ? root->owner : 0, host));
  return {};
}

Result<Plan> prepare_plan(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  Plan plan = begin_conversion(assessment, wishes);
  const Server server = RECOVER_TRY(target_server(plan.finding, wishes, host));
  RECOVER_TRY(choose_old_server(plan, wishes, tree, host));
  set_fact(plan.facts, fact::major, std::to_string(Version{server.version, {}}.major()));
  set_fact(plan.facts, fact::superuser, std::string("postgres"));
  use_server(plan, server, wishes);
  warn_of_version(plan, Version{server.version, {}}.major());
  RECOVER_TRY(load::note_wishes(plan, wishes));
  const std::string identifier = text_fact(plan.finding.facts, fact::system_identifier);
  RECOVER_TRY(
      settle_target(plan, name_of_cluster(text_fact(plan.facts, fact::major), identifier), wishes, host));
  return plan;
}

std::string start_of_old_server(const Plan& plan) {
  const std::string runtime = text_fact(plan.facts, older_fact::runtime);
  return fmt::format("start PostgreSQL {} {} on the copy, recover it, and load what it dumps",
                     text_fact(plan.facts, older_fact::version),
                     runtime.empty() ? "from " + text_fact(plan.facts, older_fact::bindir)
                                     : "in a container of " + text_fact(plan.facts, older_fact::image) +
                                           " (" + runtime + ")");
}

Step load_step(const Plan& plan) {
  return {"load",
          "loaded",
          start_of_old_server(plan) + " into an empty cluster of " +
              text_fact(plan.facts, plan_fact::server_version),
          EngineCall{"load_older", {}},
          UndoCall{{"discard_older", {}}},
          {}};
}

/// The copies, and what makes them startable, in a plan that has its staging directory.
Result<steps::ConvertedCopy> copy_of_source(Plan& plan, const Wishes& wishes, Tree& tree, Host& host) {
  const Plan copy = copy_plan(plan);
  const Wishes own = wishes_of_copy(wishes);
  const auto moves = RECOVER_TRY(plan_tablespaces(copy, own, tree, host));
  const auto locales = RECOVER_TRY(locales_to_build(list_fact(copy.facts, fact::locales), host));
  const SourceParts parts{copy, own, moves, tree, {}};
  steps::ConvertedCopy spec;
  spec.copies = copy_parts(parts);
  set_fact(plan.facts, plan_fact::copy_manifests, manifests_of(spec.copies));
  spec.after_copy = complete_copy(parts, locales);
  mark_as_of_copy(spec.after_copy);
  spec.load.staging = plan.target.staging;
  spec.load.owner = plan.target.run_as;
  return spec;
}

/// The steps with a directory for the copy inside the staging directory, and their weights.
std::vector<Step> with_place_for_copy(std::vector<Step> steps, const Plan& plan) {
  steps.insert(steps.begin() + 1,
               {"stage_copy",
                "found",
                "make a directory for the copy that the old server gets",
                MakeDirectories{copy_plan(plan).target.staging, {}, plan.target.run_as, 0700},
                UndoNothing{},
                {}});
  for (Step& step : steps) {
    if (step.id == "copy") step.work = plan.finding.size.logical;
  }
  return steps;
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
  steps::ConvertedCopy spec = RECOVER_TRY(copy_of_source(plan, wishes, tree, host));
  spec.load.load = {load_step(plan)};
  spec.load.verify = Verify{wishes.verify_level};
  spec.load.activate = activation(plan, wishes);
  spec.load.after_activate = last_steps(plan, spec.load.activate.inside);
  plan.steps = with_place_for_copy(steps::converted_copy(spec), plan);
  insert_target_steps(plan, false, host);
  set_fact(plan.facts, plan_fact::made_beside, std::vector{tablespace_home(plan)});  // by the load, if at all
  plan.space_needed = space_to_convert(plan.finding);
  return plan;
}

Result<Plan> plan_older_into_server(const Assessment& assessment, const Wishes& wishes, Tree& tree,
                                    Host& host) {
  if (wishes.server.replace == "drop-first") {
    return make_error(recover::errors::engine_strategy_blocked, assessment.finding.path,
                      "what is dropped first must be known to be replaceable, and what an old server will "
                      "give is not known before")
        .advise("Leave out --replace drop-first: the new databases are loaded beside and exchanged.");
  }
  Plan plan = RECOVER_TRY(plan_into_server(begin_conversion(assessment, wishes), wishes, host));
  RECOVER_TRY(choose_old_server(plan, wishes, tree, host));
  plan.target.staging = wishes.state_directory + "/spool/" + plan.run + "-" + plan.id;
  const steps::ConvertedCopy spec = RECOVER_TRY(copy_of_source(plan, wishes, tree, host));
  std::vector<Step> copy = with_place_for_copy(steps::converted_copy(spec), plan);
  // What follows the copy there is for a target of files.
  copy.erase(std::find_if(copy.begin(), copy.end(), [](const Step& step) { return step.id == "sync"; }),
             copy.end());
  const auto load =
      std::find_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.id == "load"; });
  load->title = start_of_old_server(plan) + " beside what is there, as NAME__new_" + plan.run;
  load->action = EngineCall{"load_older", {}};
  plan.steps.insert(load, copy.begin(), copy.end());
  plan.space_needed = Bytes{plan.finding.size.allocated};
  return plan;
}

}  // namespace recover::postgresql::older
