// What a running server gets: databases loaded beside under names of this run, verified there, exchanged in
// one transaction, the old ones kept. Whatever can be refused is refused here, before anything is done to it.
#include "postgresql/into_server/plan_server.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/into_server/address.hpp"
#include "postgresql/into_server/exchange.hpp"
#include "postgresql/into_server/server_state.hpp"
#include "postgresql/load/dump_text.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/plan_load.hpp"
#include "postgresql/plan_target.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

Result<void> check_version(const Finding& finding, const ServerState& state) {
  const int major = finding.version.major();
  if (major == 0 || state.major >= major) return {};
  return make_error(errors::target_too_old, finding.path.empty() ? "." : finding.path,
                    fmt::format("the dump is of PostgreSQL {}, the target server is {}", finding.version.text,
                                state.version));
}

Result<void> check_extensions(const Finding& finding, const ServerState& state, const std::string& url) {
  std::vector<std::string> missing;
  for (const std::string& name : list_fact(finding.facts, fact::extensions)) {
    if (state.extensions.count(name) == 0) missing.push_back(name);
  }
  return missing.empty() ? Result<void>() : lacks_extensions(missing, state.version, url);
}

/// An archive is read by pg_restore, which must not be older than the pg_dump that wrote it.
Result<void> find_tools(Plan& plan, const Wishes& wishes, Host& host) {
  const auto parts = load::parts_of(plan.finding);
  const bool is_text =
      std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.form == "sql"; });
  auto server = server_for_dump(plan.finding, wishes.bindir, host);
  if (server) {
    use_server(plan, *server, wishes);
    return {};
  }
  set_fact(plan.facts, plan_fact::jobs, static_cast<std::int64_t>(wishes.jobs));
  return is_text ? Result<void>() : std::move(server).error();
}

/// What belongs to roles of the dump is to belong to roles that are there.
Result<void> check_roles(const Wishes& wishes, const ServerState& state) {
  for (const auto& [old_role, new_role] : wishes.roles.map) {
    if (state.roles.count(new_role) != 0) continue;
    return make_error(
        errors::role_missing, "role " + new_role,
        fmt::format("{} of the dump is to become it, and the server does not have it", old_role));
  }
  return {};
}

void remember_wishes(Plan& plan, const Wishes& wishes, const ServerState& state) {
  set_fact(plan.facts, server_fact::password_file, wishes.server.password_file);
  set_fact(plan.facts, server_fact::replace, wishes.server.replace);
  set_fact(plan.facts, server_fact::failed, wishes.server.failed);
  set_fact(plan.facts, server_fact::identity, state.identity);
  set_fact(plan.facts, server_fact::maintenance, database_of(wishes.server.url));
  set_fact(plan.facts, fact::major, std::to_string(state.major));
  set_fact(plan.facts, plan_fact::server_version, state.version);
  std::vector<std::string> spaces;
  for (const auto& [name, directory] : wishes.tablespaces) spaces.push_back(name + "=" + directory);
  set_fact(plan.facts, server_fact::tablespaces, spaces);
}

/// What it replaces, as far as that is known, and what becomes of it.
Result<void> look_at_databases(Plan& plan, const Wishes& wishes, const ServerState& state) {
  std::vector<std::string> replaced;
  std::vector<std::string> kept;
  for (const NamedDatabase& database : plan.databases) {
    const std::string& name = database.target;
    if (state.databases.count(name) == 0 || name == "template0") continue;
    if (wishes.server.replace == "never")
      return make_error(errors::database_exists, "database " + name, "it is on the target already");
    if (name == "postgres" || name == "template1") continue;  // only if the dump has contents for it
    replaced.push_back(name);
    kept.push_back(kept_name(plan, name));
  }
  plan.replaces = fmt::format("{}", fmt::join(replaced, ", "));
  if (wishes.server.replace != "drop-first") plan.keeps_old_as = fmt::format("{}", fmt::join(kept, ", "));
  if (!state.is_superuser) {
    plan.warnings.push_back(fmt::format(
        "role {} is no superuser: objects whose owner it may not change stay its own and are listed in the "
        "report",
        state.role));
  }
  return {};
}

/// How many sessions would end if the names were exchanged now.
std::uint64_t sessions_in_the_way(const Plan& plan, const ServerState& state) {
  std::uint64_t sessions = 0;
  for (const NamedDatabase& database : plan.databases) {
    const auto found = state.sessions.find(database.target);
    if (found != state.sessions.end()) sessions += found->second;
  }
  return sessions;
}

std::vector<Step> steps_of(const Plan& plan, const Wishes& wishes, std::uint64_t sessions) {
  std::vector<std::string> reads;
  for (const load::DumpPart& part : load::wanted_parts(plan)) reads.push_back(part.path);
  const bool drops = wishes.server.replace == "drop-first" && !plan.replaces.empty();
  Undo undo = UndoCall{{"discard_loaded", {}}};
  if (drops) undo = UndoImpossible{"the old databases were dropped first, as asked: " + plan.replaces};
  Step load{"load",
            "loaded",
            (drops ? "drop " + plan.replaces + " first, then load" : std::string("load")) +
                " every database beside, as NAME__new_" + plan.run,
            EngineCall{"load_beside", {}, reads},
            undo,
            plan.finding.size.logical};
  std::vector<Step> steps{
      {"target", "found", "ask the server who it is", EngineCall{"check_target", {}}, UndoNothing{}, {}}};
  // What is dropped cannot come back: the dump must be known to be whole before.
  if (drops || load::reads_first(plan, wishes)) steps.push_back(validate_step(plan.finding));
  const std::vector<Step> others{
      std::move(load),
      {"verify",
       "verified",
       "hold every database against the dump",
       Verify{wishes.verify_level},
       UndoNothing{},
       {}},
      {"exchange",
       "swapped",
       plan.replaces.empty()
           ? "give the new databases their names, in one transaction"
           : fmt::format("end the sessions in the old databases ({} now) and exchange all names in one "
                         "transaction",
                         sessions),
       EngineCall{"exchange_databases", {}},
       UndoCall{{"undo_exchange", {}}},
       {}}};
  steps.insert(steps.end(), others.begin(), others.end());
  return steps;
}

}  // namespace

Result<Plan> plan_into_server(Plan plan, const Wishes& wishes, Host& host) {
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(wishes.server.url, wishes.server.password_file));
  const ServerState state =
      RECOVER_TRY(ask_server(endpoint, database_of(wishes.server.url), CancellationToken{}));
  RECOVER_TRY(check_version(plan.finding, state));
  RECOVER_TRY(check_extensions(plan.finding, state, wishes.server.url));
  warn_of_version(plan, state.major);
  if (!state.may_make_databases) {
    return make_error(errors::target_rights, wishes.server.url,
                      "role " + state.role + " has neither SUPERUSER nor CREATEDB");
  }
  RECOVER_TRY(find_tools(plan, wishes, host));
  remember_wishes(plan, wishes, state);
  plan.target.kind = TargetKind::server;
  RECOVER_TRY(load::note_wishes(plan, wishes));
  RECOVER_TRY(check_roles(wishes, state));
  plan.target.server = wishes.server.url;
  plan.target.start = false;
  RECOVER_TRY(look_at_databases(plan, wishes, state));
  const std::string first =
      plan.databases.empty() ? database_of(wishes.server.url) : plan.databases.front().target;
  set_fact(plan.facts, plan_fact::connect_line, "psql '" + url_with_database(wishes.server.url, first) + "'");
  plan.steps = steps_of(plan, wishes, sessions_in_the_way(plan, state));
  plan.space_needed = space_to_load(plan.finding);
  return plan;
}

}  // namespace recover::postgresql
