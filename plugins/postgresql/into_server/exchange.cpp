// ALTER DATABASE ... RENAME is transactional but wants to be alone in the database (reference: dbcommands.c,
// RenameDatabase). So the old ones are closed first, their sessions ended, and all names change in one
// transaction: at every instant each name leads to a whole database, old or new. Before anything is changed
// the OIDs are written down; from then on they say what is what, and a repeated or interrupted exchange is
// completed or undone by them. The session that does it is in a database that keeps its name.
#include "postgresql/into_server/exchange.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/into_server/address.hpp"
#include "postgresql/into_server/holders.hpp"
#include "postgresql/into_server/server_state.hpp"
#include "postgresql/load/names.hpp"
#include "postgresql/load/record_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace recover::postgresql {

namespace {

using Databases = std::map<std::string, ServerDatabase>;

constexpr auto pause_between_looks = std::chrono::milliseconds(100);
constexpr double longest_wait = 60;  // seconds for sessions to end that were told to

std::string record_file(const Plan& plan, const StepContext& context) {
  return context.run_directory + "/" + plan.id + ".exchange";
}

Result<void> write_down(const Plan& plan, const std::vector<Exchanged>& all, StepContext& context) {
  std::string text;
  for (const Exchanged& one : all) {
    text += load::record_line({one.name, std::to_string(one.new_id), std::to_string(one.old_id),
                               one.old_allowed_connections ? "open" : "closed"});
  }
  return context.host.files().write(record_file(plan, context), text, "", 0600);
}

std::string name_of(const Databases& databases, std::uint64_t id) {
  for (const auto& [name, database] : databases) {
    if (id != 0 && database.id == id) return name;
  }
  return {};
}

using Work = std::function<Result<void>(Connection&)>;

/// Every database that a role can be sure of may be among those that are renamed (a cluster of before 15
/// leaves its mark on the schema public of each): then there is one more for a moment. What an interrupted
/// exchange left of it is taken up again.
Result<void> work_in_own_database(const Plan& plan, const Work& work, StepContext& context) {
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(plan));
  const std::string maintenance = text_fact(plan.facts, server_fact::maintenance);
  const std::string name = new_name(plan, "recover_exchange_" + plan.id);
  {
    auto connection = RECOVER_TRY(Connection::open(endpoint, maintenance, context.cancel, Purpose::loading));
    if (RECOVER_TRY(list_databases(connection, context.cancel)).count(name) == 0)
      RECOVER_TRY(connection.execute("CREATE DATABASE " + quoted_identifier(name) + " TEMPLATE template0",
                                     context.cancel));
  }
  {
    auto connection = RECOVER_TRY(Connection::open(endpoint, name, context.cancel, Purpose::loading));
    RECOVER_TRY(work(connection));
  }
  auto connection = RECOVER_TRY(Connection::open(endpoint, maintenance, context.cancel, Purpose::loading));
  RECOVER_TRY(connection.execute("DROP DATABASE " + quoted_identifier(name), context.cancel));
  return {};
}

/// Does something in a database that is not among those that are renamed.
Result<void> work_apart(const Plan& plan, const std::vector<Exchanged>& all, StepContext& context,
                        const Work& work) {
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(plan));
  std::optional<Error> first;
  for (const std::string& name :
       {text_fact(plan.facts, server_fact::maintenance), std::string("postgres"), std::string("template1")}) {
    const bool is_renamed =
        std::any_of(all.begin(), all.end(), [&](const Exchanged& one) { return one.name == name; });
    if (is_renamed) continue;
    auto connection = Connection::open(endpoint, name, context.cancel, Purpose::loading);
    if (connection) return work(*connection);
    RECOVER_TRY(context.cancel.check());
    if (!first) first = std::move(connection).error();
  }
  return first ? Result<void>(*std::move(first)) : work_in_own_database(plan, work, context);
}

/// Ends the sessions in these databases and waits until they are gone.
Result<void> end_sessions(Connection& connection, const std::vector<std::uint64_t>& databases,
                          StepContext& context) {
  const std::string ids = list_of(databases);
  const double begun = context.host.clock().elapsed();
  const std::string look =
      "SELECT a.pid, a.datname, coalesce(a.usename, ''), a.application_name, coalesce(a.state, ''), "
      "pg_catalog.pg_terminate_backend(a.pid), "
      // Our own monitor may sit in such a database; it comes back.
      "a.application_name = pg_catalog.current_setting('application_name') || ' monitor' "
      "FROM pg_catalog.pg_stat_activity a WHERE a.datid IN (" +
      ids + ") AND a.pid <> pg_catalog.pg_backend_pid()";
  while (true) {
    RECOVER_TRY(check_prepared(connection, databases, context));
    const Rows sessions = RECOVER_TRY(connection.query(look, context.cancel));
    if (sessions.empty()) return {};
    for (const Row& row : sessions) {
      if (row[6] == "t") continue;
      context.tell(fmt::format("ended session {} of {} ({}, {}) in the old database {}", row[0].value_or(""),
                               row[2].value_or(""), row[3].value_or(""), row[4].value_or(""),
                               row[1].value_or("")));
    }
    if (context.host.clock().elapsed() - begun > longest_wait) {
      return make_error(errors::database_in_use, "database " + sessions[0][1].value_or(""),
                        fmt::format("session {} of {} does not end", sessions[0][0].value_or(""),
                                    sessions[0][2].value_or("")));
    }
    std::this_thread::sleep_for(pause_between_looks);
  }
}

Result<void> allow_connections(Connection& connection, const std::string& name, bool allowed,
                               StepContext& context) {
  RECOVER_TRY(connection.execute(fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS {}",
                                             quoted_identifier(name), allowed ? "true" : "false"),
                                 context.cancel));
  return {};
}

/// A pair of names for one database.
struct Renaming {
  std::string from;
  std::string to;
};

Result<void> rename_all(Connection& connection, const std::vector<Renaming>& renamings,
                        StepContext& context) {
  std::string sql = "BEGIN; SET LOCAL synchronous_commit = on";
  for (const Renaming& one : renamings) {
    sql += fmt::format("; ALTER DATABASE {} RENAME TO {}", quoted_identifier(one.from),
                       quoted_identifier(one.to));
  }
  auto done = connection.execute(sql, context.cancel);
  auto ended = connection.execute(done ? "COMMIT" : "ROLLBACK", CancellationToken{});
  RECOVER_TRY(std::move(done));
  RECOVER_TRY(std::move(ended));
  return {};
}

/// Closes the databases that lose their name, ends their sessions, renames, and opens them as they were.
Result<void> rename_alone(Connection& connection, const std::vector<Exchanged>& all,
                          const std::vector<Renaming>& renamings, StepContext& context) {
  std::vector<std::uint64_t> disturbed;
  const Databases before = RECOVER_TRY(list_databases(connection, context.cancel));
  for (const Renaming& one : renamings) {
    if (const auto found = before.find(one.from); found != before.end())
      disturbed.push_back(found->second.id);
  }
  for (const Exchanged& one : all) {
    if (const std::string name = name_of(before, one.old_id); !name.empty())
      RECOVER_TRY(allow_connections(connection, name, false, context));
  }
  auto renamed = end_sessions(connection, disturbed, context);
  if (renamed) renamed = tell_slots(connection, disturbed, context);
  if (renamed) renamed = rename_all(connection, renamings, context);
  const Databases now = RECOVER_TRY(list_databases(connection, CancellationToken{}));
  for (const Exchanged& one : all) {
    if (const std::string name = name_of(now, one.old_id); !name.empty())
      RECOVER_TRY(allow_connections(connection, name, one.old_allowed_connections, context));
  }
  return renamed;
}

Result<std::vector<Exchanged>> look_up(const Plan& plan, const std::vector<std::string>& databases,
                                       StepContext& context) {
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(plan));
  auto connection = RECOVER_TRY(
      Connection::open(endpoint, text_fact(plan.facts, server_fact::maintenance), context.cancel));
  const Databases present = RECOVER_TRY(list_databases(connection, context.cancel));
  std::vector<Exchanged> all;
  for (const std::string& database : databases) {
    const auto made = present.find(new_name(plan, database));
    if (made == present.end()) {
      return make_error(errors::target_changed, "database " + new_name(plan, database),
                        "it was loaded and verified, and is gone");
    }
    Exchanged one{database, made->second.id, 0, true};
    if (const auto old = present.find(database); old != present.end()) {
      one.old_id = old->second.id;
      one.old_allowed_connections = old->second.allows_connections;
    }
    all.push_back(one);
  }
  return all;
}

}  // namespace

std::string new_name(const Plan& plan, const std::string& database) {
  return load::beside_name(database, "new", plan.run);
}
std::string kept_name(const Plan& plan, const std::string& database) {
  return load::beside_name(database, "old", plan.run);
}
std::string undone_name(const Plan& plan, const std::string& database) {
  return load::beside_name(database, "undone", plan.run);
}

std::vector<Exchanged> exchanged(const Plan& plan, StepContext& context) {
  std::vector<Exchanged> all;
  const auto text = context.host.files().read(record_file(plan, context));
  if (!text) return all;
  const auto number = [](const std::string& value) { return std::strtoull(value.c_str(), nullptr, 10); };
  for (const auto& values : load::record_lines(*text)) {
    if (values.size() != 4) continue;
    all.push_back({values[0], number(values[1]), number(values[2]), values[3] == "open"});
  }
  return all;
}

namespace {

/// Gives the new databases their names, and the old ones those under which they are kept.
Result<void> give_names(const Plan& plan, const std::vector<Exchanged>& all, Connection& connection,
                        StepContext& context) {
  const Databases present = RECOVER_TRY(list_databases(connection, context.cancel));
  std::vector<Renaming> renamings;
  for (const Exchanged& one : all) {
    const std::string now = name_of(present, one.new_id);
    if (now.empty())
      return make_error(errors::target_changed, "database " + one.name, "the loaded database is gone");
    if (now == one.name) continue;
    if (name_of(present, one.old_id) == one.name) renamings.push_back({one.name, kept_name(plan, one.name)});
    renamings.push_back({now, one.name});
  }
  return renamings.empty() ? Result<void>() : rename_alone(connection, all, renamings, context);
}

Result<void> give_names_back(const Plan& plan, const std::vector<Exchanged>& all, Connection& connection,
                             StepContext& context) {
  const Databases present = RECOVER_TRY(list_databases(connection, context.cancel));
  std::vector<Renaming> renamings;
  for (const Exchanged& one : all) {
    if (name_of(present, one.new_id) == one.name)
      renamings.push_back({one.name, undone_name(plan, one.name)});
    const std::string old = name_of(present, one.old_id);
    if (one.old_id != 0 && old.empty())
      return make_error(errors::target_changed, "database " + kept_name(plan, one.name),
                        "the old one is gone");
    if (!old.empty() && old != one.name) renamings.push_back({old, one.name});
  }
  // Also when no name changed yet: an interrupted exchange may have closed the old ones.
  return rename_alone(connection, all, renamings, context);
}

}  // namespace

Result<void> exchange(const Plan& plan, const std::vector<std::string>& databases, StepContext& context) {
  std::vector<Exchanged> all = exchanged(plan, context);
  if (all.empty()) {
    all = RECOVER_TRY(look_up(plan, databases, context));
    RECOVER_TRY(write_down(plan, all, context));
  }
  return work_apart(plan, all, context,
                    [&](Connection& connection) { return give_names(plan, all, connection, context); });
}

Result<void> undo_exchange(const Plan& plan, StepContext& context) {
  const std::vector<Exchanged> all = exchanged(plan, context);
  if (all.empty()) return {};
  return work_apart(plan, all, context,
                    [&](Connection& connection) { return give_names_back(plan, all, connection, context); });
}

}  // namespace recover::postgresql
