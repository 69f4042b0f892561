// The strategies of this engine and its own steps. A step asks the plan, never the source, so it can be
// carried out in another process, months later (recover instance start).
#include "postgresql/plan.hpp"

#include "postgresql/backup/combine.hpp"
#include "postgresql/backup/examine_backup.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/examine.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/into_server/address.hpp"
#include "postgresql/into_server/exchange.hpp"
#include "postgresql/into_server/load_beside.hpp"
#include "postgresql/into_server/plan_server.hpp"
#include "postgresql/load/load.hpp"
#include "postgresql/locale.hpp"
#include "postgresql/older/load_older.hpp"
#include "postgresql/older/older_server.hpp"
#include "postgresql/older/plan_older.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_direct.hpp"
#include "postgresql/plan_load.hpp"
#include "postgresql/plan_tablespaces.hpp"
#include "postgresql/plan_target.hpp"

#include "postgresql/watch/monitor.hpp"
#include "recover/errors.hpp"

#include <unistd.h>

namespace recover::postgresql {

namespace {

/// Starts the final server and asks it before anybody else can.
Result<void> start(const Plan& plan, StepContext& context) {
  const Launch launch = final_launch(plan);
  RECOVER_TRY(start_detached(launch, context));
  auto healthy = [&]() -> Result<void> {
    const Endpoint endpoint = RECOVER_TRY(find_endpoint(plan, launch, context));
    auto connection = RECOVER_TRY(Connection::open(endpoint, "template1", context.cancel));
    return wait_for_recovery(connection, launch, context);
  }();
  if (!healthy && healthy.error().id == errors::foreign_settings.id)
    RECOVER_TRY(stop_detached(launch, context));
  return healthy;
}

Result<void> status(const Plan& plan, StepContext& context) {
  if (running_server(plan.target.directory, context.host)) return {};
  return make_error(recover::errors::server_not_running, plan.target.name,
                    "no process works in " + plan.target.directory);
}

/// An unpacked archive carries the source's settings under their own names.
Result<void> set_aside_settings(const Plan& plan, StepContext& context) {
  Files& files = context.host.files();
  const std::string data = staged_data(plan.target);
  for (const std::string& name : RECOVER_TRY(files.list(data))) {
    if (!steers_server(name) && name != "tablespace_map") continue;
    RECOVER_TRY(files.rename(join_path(data, name), join_path(data, name + kept_suffix)));
  }
  return {};
}

/// The directory of a mount point cannot be exchanged; it must belong to the server's user all the same.
Result<void> own_directory(const Plan& plan, StepContext& context) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"chown", plan.target.run_as}, std::vector<std::string>{"chmod", "0700"}}) {
    Command command;
    command.program = words[0];
    command.arguments = {words[1], plan.target.directory};
    const ProcessResult result = RECOVER_TRY(context.host.processes().run(command, context.cancel));
    if (result.exit_status != 0) {
      return make_error(recover::errors::target_write_failed, plan.target.directory, result.errors);
    }
  }
  return {};
}

/// Undoes the making of the tablespaces' place, but only while the copy has not been activated: afterwards
/// a data directory somewhere links to it.
Result<void> remove_tablespaces(const Plan& plan, Host& host) {
  if (!host.files().is_directory(staged_data(plan.target))) return {};
  return remove_tree(tablespace_home(plan));
}

/// Undoes the making of a private instance: one that holds anything stays.
Result<void> remove_empty_instance(const Plan& plan) {
  ::rmdir(parent_of(plan.target.directory).c_str());
  return {};
}

Result<Plan> convert(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host) {
  return wishes.server.url.empty() ? older::plan_older(assessment, wishes, tree, host)
                                   : older::plan_older_into_server(assessment, wishes, tree, host);
}

}  // namespace

Result<Plan> plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes, Tree& tree,
                  Host& host) {
  for (const Option& option : assessment.options) {
    if (option.strategy == strategy && option.blocked) return *option.blocked;
  }
  const bool is_choosy = !wishes.databases.empty() || !wishes.excluded_databases.empty();
  if (strategy == Strategy::direct && is_choosy) {
    return make_error(recover::errors::engine_strategy_blocked, assessment.finding.path,
                      "files of single databases cannot be taken out of a cluster")
        .advise("Recover the whole cluster, without --database; then dump what you want of it.");
  }
  const bool changes_roles = wishes.roles.globals != "yes" || wishes.roles.owners != "keep";
  if (strategy == Strategy::direct && (changes_roles || !wishes.names.is_empty())) {
    return make_error(
               recover::errors::engine_strategy_blocked, assessment.finding.path,
               "names, roles and owners in the files of a cluster cannot be changed while they are copied")
        .advise(
            "Recover it without --rename, --suffix, --globals and --owner-policy; then change them in the "
            "server.");
  }
  if (strategy == Strategy::direct) return plan_direct(assessment, wishes, tree, host);
  if (strategy == Strategy::container) return convert(assessment, wishes, tree, host);
  if (strategy == Strategy::dump && find_fact(assessment.facts, fact::layout) != nullptr) {
    Wishes local = wishes;
    local.container.runtime = "local";
    return convert(assessment, local, tree, host);
  }
  if (strategy == Strategy::dump) {
    const bool is_into_server = !wishes.server.url.empty();
    Plan plan = RECOVER_TRY(
        is_into_server ? plan_into_server(begin_plan(assessment, Strategy::dump, wishes), wishes, host)
                       : plan_load(assessment, wishes, tree, host));
    RECOVER_TRY(tell_copies(plan, wishes, tree, host));
    return plan;
  }
  return make_error(recover::errors::engine_strategy_unavailable, assessment.finding.path,
                    "the strategy " + to_text(strategy) + " is not there yet");
}

namespace {

/// The steps of a plan whose target is a running server; starting and stopping that one is not our business.
Result<void> change_server(const EngineCall& call, const Plan& plan, StepContext& context) {
  if (call.name == "load_beside") return load_beside(plan, context);
  if (call.name == "load_older") return older::load_older(plan, context);
  if (call.name == "discard_loaded") {
    RECOVER_TRY(older::discard_older(plan, context));
    return discard_loaded(plan, context);
  }
  if (call.name == "drop_begun") return drop_begun(plan, context);
  if (call.name == "exchange_databases")
    return exchange(plan, RECOVER_TRY(load::read_record(plan, context)).databases, context);
  if (call.name == "undo_exchange") return undo_exchange(plan, context);
  if (call.name == "drop_kept") return drop_kept(plan, context);
  return make_error(recover::errors::internal_error, "step " + call.name, "no such step of this engine");
}

/// Others work there too: whatever changes it may have to wait for them.
Result<void> perform_in_server(const EngineCall& call, const Plan& plan, StepContext& context) {
  if (call.name == "check_target") return check_before(plan, context);
  if (call.name == "status" || call.name == "start") return check_target(plan, context);
  if (call.name == "stop") return {};
  if (call.name == "validate") return validate(plan, context);
  return watch::watched(watch::monitor_options(plan, RECOVER_TRY(server_endpoint(plan)),
                                               text_fact(plan.facts, server_fact::maintenance)),
                        context, [&](StepContext& step) { return change_server(call, plan, step); });
}

}  // namespace

Result<void> perform(const EngineCall& call, const Plan& plan, StepContext& context) {
  if (flag_fact(call.arguments, older::on_copy)) {
    EngineCall on_copy = call;
    set_fact(on_copy.arguments, older::on_copy, false);
    return perform(on_copy, older::copy_plan(plan), context);
  }
  if (plan.target.kind == TargetKind::server) return perform_in_server(call, plan, context);
  if (call.name == "start") return start(plan, context);
  if (call.name == "stop") return stop_detached(final_launch(plan), context);
  if (call.name == "status") return status(plan, context);
  if (call.name == "validate") return validate(plan, context);
  if (call.name == "load") return load::load(plan, context);
  if (call.name == "load_older") return older::load_older(plan, context);
  if (call.name == "discard_older") {
    RECOVER_TRY(older::discard_older(plan, context));
    return remove_tablespaces(plan, context.host);
  }
  if (call.name == "set_aside_settings") return set_aside_settings(plan, context);
  if (call.name == "check_manifest") {
    return backup::check_completeness(text_fact(call.arguments, "manifest"),
                                      text_fact(call.arguments, "root"));
  }
  if (call.name == "combine") return backup::combine(call.arguments, plan, context);
  if (call.name == "own_directory") return own_directory(plan, context);
  if (call.name == "remove_tablespaces") return remove_tablespaces(plan, context.host);
  if (call.name == "remove_empty_instance") return remove_empty_instance(plan);
  if (call.name == "build_locales") {
    return build_locales(list_fact(call.arguments, "names"), locale_directory(staged_data(plan.target)),
                         plan.target.run_as, context);
  }
  return make_error(recover::errors::internal_error, "step " + call.name, "no such step of this engine");
}

}  // namespace recover::postgresql
