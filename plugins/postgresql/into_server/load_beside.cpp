// The server is in use, so nothing that was in it changes here: databases are made under names of this run,
// roles are only added, and what was added is written down before it is made. The one exception is asked for
// by name: --replace drop-first, for a server without the space for both.
#include "postgresql/into_server/load_beside.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/into_server/address.hpp"
#include "postgresql/into_server/exchange.hpp"
#include "postgresql/into_server/holders.hpp"
#include "postgresql/into_server/server_state.hpp"
#include "postgresql/load/attempts.hpp"
#include "postgresql/load/load.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/load/made_names.hpp"
#include "postgresql/load/names.hpp"
#include "postgresql/placement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

std::string maintenance_of(const Plan& plan) {
  return text_fact(plan.facts, server_fact::maintenance);
}

std::shared_ptr<load::MadeNames> made_roles(const Plan& plan, StepContext& context) {
  return std::make_shared<load::MadeNames>(context.host.files(),
                                           context.run_directory + "/" + plan.id + ".roles");
}

std::shared_ptr<load::MadeNames> made_databases(const Plan& plan, StepContext& context) {
  return std::make_shared<load::MadeNames>(context.host.files(),
                                           context.run_directory + "/" + plan.id + ".databases");
}

Result<Connection> open_maintenance(const Plan& plan, StepContext& context) {
  return Connection::open(RECOVER_TRY(server_endpoint(plan)), maintenance_of(plan), context.cancel,
                          Purpose::loading);
}

Result<ServerState> ask_same_server(const Plan& plan, StepContext& context) {
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(plan));
  ServerState state = RECOVER_TRY(ask_server(endpoint, maintenance_of(plan), context.cancel));
  const std::string expected = text_fact(plan.facts, server_fact::identity);
  if (state.identity == expected) return state;
  return make_error(errors::target_changed, plan.target.server,
                    fmt::format("it was the server {}, now it is {}", expected, state.identity));
}

Result<void> drop_database(Connection& connection, const std::string& name, StepContext& context) {
  const std::string quoted = quoted_identifier(name);
  const Rows open = RECOVER_TRY(connection.query(
      "SELECT 1 FROM pg_catalog.pg_database WHERE datallowconn AND datname = " + quoted_literal(name),
      context.cancel));
  RECOVER_TRY(connection.execute("ALTER DATABASE " + quoted + " IS_TEMPLATE false", context.cancel));
  RECOVER_TRY(connection.execute("ALTER DATABASE " + quoted + " ALLOW_CONNECTIONS false", context.cancel));
  RECOVER_TRY(
      connection.query("SELECT pg_catalog.pg_terminate_backend(pid) FROM "
                       "pg_catalog.pg_stat_activity WHERE datname = " +
                           quoted_literal(name),
                       context.cancel));
  // The server itself waits some seconds for them to go.
  auto dropped = connection.execute("DROP DATABASE " + quoted, context.cancel);
  if (dropped) return {};
  if (!open.empty())
    static_cast<void>(
        connection.execute("ALTER DATABASE " + quoted + " ALLOW_CONNECTIONS true", CancellationToken{}));
  return std::move(dropped).error();
}

std::map<std::string, std::string> chosen_tablespaces(const Plan& plan) {
  std::map<std::string, std::string> chosen;
  for (const std::string& entry : list_fact(plan.facts, server_fact::tablespaces)) {
    const std::size_t equals = entry.find('=');
    chosen.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return chosen;
}

/// A database of our own to make roles and databases from, and to keep the ledger in: nothing is written into
/// those of others. Each item of the run has its own.
std::string workplace(const Plan& plan) {
  return new_name(plan, "recover_workplace_" + plan.id);
}

Result<void> make_workplace(const Plan& plan, StepContext& context) {
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  RECOVER_TRY(made_databases(plan, context)->add(workplace(plan)));
  RECOVER_TRY(connection.execute(
      "CREATE DATABASE " + quoted_identifier(workplace(plan)) + " TEMPLATE template0", context.cancel));
  return {};
}

/// Of "literal" replacement: the old databases that make room first. Never those that every server has.
std::vector<std::string> dropped_first(const Plan& plan, const ServerState& state) {
  std::vector<std::string> names;
  if (text_fact(plan.facts, server_fact::replace) != "drop-first") return names;
  for (const NamedDatabase& one : plan.databases) {
    if (!load::is_of_every_cluster(one.target) && state.databases.count(one.target) != 0)
      names.push_back(one.target);
  }
  return names;
}

Result<void> drop_first(const Plan& plan, const ServerState& state, StepContext& context) {
  const std::vector<std::string> names = dropped_first(plan, state);
  if (names.empty()) return {};
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  for (const std::string& name : names) RECOVER_TRY(drop_database(connection, name, context));
  return {};
}

Result<void> check_allowed(const Plan& plan, const load::LoadRecord& record, const ServerState& state) {
  if (text_fact(plan.facts, server_fact::replace) != "never") return {};
  for (const std::string& name : record.databases) {
    if (state.databases.count(name) != 0)
      return make_error(errors::database_exists, "database " + name, "it is on the target already");
  }
  return {};
}

/// The databases of this item that have not been exchanged. Other items of the run have theirs, of like
/// names.
Result<std::vector<std::string>> begun_databases(const Plan& plan, Connection& connection,
                                                 StepContext& context) {
  std::vector<std::string> names = made_databases(plan, context)->all();
  const auto present = RECOVER_TRY(list_databases(connection, context.cancel));
  std::erase_if(names, [&](const std::string& name) { return present.count(name) == 0; });
  return names;
}

/// A dump of one database tells nothing of the database as a whole; the one it replaces does.
Result<void> complete_properties(const Plan& plan, const load::LoadRecord& record, const ServerState& state,
                                 StepContext& context) {
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  for (const std::string& name : record.unstated) {
    if (state.databases.count(name) == 0) continue;
    RECOVER_TRY(copy_properties(connection, name, new_name(plan, name), context.cancel));
  }
  return {};
}

/// Gives a half-loaded database a name that says so, and returns it.
Result<std::string> set_aside(const Plan& plan, Connection& connection, const std::string& name,
                              StepContext& context) {
  const std::string end = new_name(plan, "");
  std::string kept = load::beside_name(name.substr(0, name.size() - end.size()), "failed", plan.run);
  // The name has our run in it: what an earlier attempt of the same run left.
  if (RECOVER_TRY(list_databases(connection, context.cancel)).count(kept) != 0)
    RECOVER_TRY(drop_database(connection, kept, context));
  RECOVER_TRY(connection.execute(
      "ALTER DATABASE " + quoted_identifier(name) + " RENAME TO " + quoted_identifier(kept), context.cancel));
  return kept;
}

/// A load without a ledger begins anew; what an earlier one left under its name (--on-failed-database keep)
/// makes room.
Result<void> begin_anew(const Plan& plan, StepContext& context) {
  {
    auto connection = RECOVER_TRY(open_maintenance(plan, context));
    for (const std::string& name : RECOVER_TRY(begun_databases(plan, connection, context)))
      RECOVER_TRY(set_aside(plan, connection, name, context));
  }
  return make_workplace(plan, context);
}

void drop_made_roles(const Plan& plan, Connection& connection, StepContext& context) {
  for (const std::string& role : made_roles(plan, context)->all()) {
    auto dropped = connection.execute("DROP ROLE IF EXISTS " + quoted_identifier(role), context.cancel);
    if (!dropped) context.tell("role " + role + " was made by this run and stays: " + dropped.error().cause);
  }
}

}  // namespace

Result<void> check_target(const Plan& plan, StepContext& context) {
  RECOVER_TRY(ask_same_server(plan, context));
  return {};
}

Result<void> check_before(const Plan& plan, StepContext& context) {
  const ServerState state = RECOVER_TRY(ask_same_server(plan, context));
  const std::vector<std::string> names = dropped_first(plan, state);
  if (names.empty()) return {};
  std::vector<std::uint64_t> ids;
  for (const std::string& name : names) ids.push_back(state.databases.at(name).id);
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  RECOVER_TRY(check_prepared(connection, ids, context));
  return check_slots(connection, ids, context);
}

Result<void> load_beside(const Plan& plan, StepContext& context) {
  const ServerState state = RECOVER_TRY(ask_same_server(plan, context));
  auto record = load::read_record(plan, context);
  // The workplace goes last: while it is there, something is left to be done.
  if (record && state.databases.count(workplace(plan)) == 0) return {};
  if (!record) {
    RECOVER_TRY(drop_first(plan, state, context));
    if (state.databases.count(workplace(plan)) == 0) RECOVER_TRY(begin_anew(plan, context));
  }
  load::LoadOptions options;
  options.endpoint = RECOVER_TRY(server_endpoint(plan));
  options.endpoint.major = state.major;
  // Our own sessions may wait for each other, however long; the load's monitor names any other blocker.
  options.endpoint.lock_timeout = 0;
  options.endpoint.index_memory = index_memory_of(plan);
  options.jobs = connections_of(plan);
  options.maintenance = workplace(plan);
  options.allowed = load::allowed_by(plan);
  options.databases = load::database_choice(plan);
  options.names = load::target_names(plan);
  options.shared.emplace();
  options.shared->run = plan.run;
  options.shared->role = state.role;
  options.shared->made_roles = made_roles(plan, context);
  options.shared->made_databases = made_databases(plan, context);
  options.shared->tablespaces = chosen_tablespaces(plan);
  for (const auto& [name, database] : state.databases) options.shared->present[name] = database.clauses;
  const auto make_ready = [&]() -> Result<void> { return check_target(plan, context); };
  if (!record) {
    record = load::load_parts(plan, options, make_ready, context);
    if (!record) return std::move(record).error();
    RECOVER_TRY(check_allowed(plan, *record, state));
    RECOVER_TRY(complete_properties(plan, *record, state, context));
    RECOVER_TRY(load::write_record(plan, *record, context));
  }
  // Only now: a load that is interrupted while its ledger goes has nothing to load any more.
  std::vector<std::string> names;
  for (const std::string& name : record->databases) names.push_back(new_name(plan, name));
  RECOVER_TRY(load::remove_ledger(plan, names, options, context));
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  return drop_database(connection, workplace(plan), context);
}

Result<void> drop_begun(const Plan& plan, StepContext& context) {
  RECOVER_TRY(load::forget_record(plan, context));
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  for (const std::string& name : RECOVER_TRY(begun_databases(plan, connection, context)))
    RECOVER_TRY(drop_database(connection, name, context));
  drop_made_roles(plan, connection, context);
  return {};
}

Result<void> discard_loaded(const Plan& plan, StepContext& context) {
  RECOVER_TRY(load::forget_record(plan, context));
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  const std::string way = text_fact(plan.facts, server_fact::failed);
  for (const std::string& name : RECOVER_TRY(begun_databases(plan, connection, context))) {
    if (way == "drop" || name == workplace(plan)) {
      RECOVER_TRY(drop_database(connection, name, context));
      continue;
    }
    const std::string kept = way == "rename" ? RECOVER_TRY(set_aside(plan, connection, name, context)) : name;
    context.tell("what was loaded is kept for inspection as database " + kept);
  }
  drop_made_roles(plan, connection, context);
  return {};
}

Result<void> drop_kept(const Plan& plan, StepContext& context) {
  auto connection = RECOVER_TRY(open_maintenance(plan, context));
  const auto present = RECOVER_TRY(list_databases(connection, context.cancel));
  for (const Exchanged& one : exchanged(plan, context)) {
    for (const std::string& name : {kept_name(plan, one.name), undone_name(plan, one.name)}) {
      const auto found = present.find(name);
      const bool is_ours =
          found != present.end() && (found->second.id == one.old_id || found->second.id == one.new_id);
      if (is_ours) RECOVER_TRY(drop_database(connection, name, context));
    }
  }
  return {};
}

}  // namespace recover::postgresql
