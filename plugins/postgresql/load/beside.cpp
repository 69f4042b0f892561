// A database of the dump is made under a name of this run. Databases, roles and tablespaces that are there
// are never dropped here, whatever the dump says; a dump that only connects to a database (postgres and
// template1 in a pg_dumpall) gets one made like the one that is there, but not for the sake of what every
// dump repeats of an empty database.
#include "postgresql/load/beside.hpp"

#include "postgresql/connection.hpp"
#include "postgresql/dump/database_names.hpp"
#include "postgresql/dump/tokens.hpp"
#include "postgresql/load/names.hpp"

#include <fmt/format.h>

#include <utility>

namespace recover::postgresql::load {

namespace {

using dump::StatementKind;

/// Every database has its comments, privileges and plpgsql.
bool is_contents(const Task& task) {
  switch (task.statement.kind) {
    case StatementKind::setting:
    case StatementKind::transaction:
    case StatementKind::comment:
    case StatementKind::privileges: return false;
    default: return task.sql.find("EXTENSION IF NOT EXISTS plpgsql ") == std::string::npos;
  }
}

/// What is about the server runs in a database that does not know the dump's access methods; pg_restore
/// writes privileges on the database last, when one is set.
SessionState session_in(const std::string& database, const SessionState& session) {
  auto settings = std::make_shared<std::vector<std::string>>(*session.settings);
  std::erase_if(*settings, [](const std::string& text) {
    const auto named = dump::setting(text);
    return named && named->first == "default_table_access_method";
  });
  return {database, std::move(settings)};
}

}  // namespace

std::string Beside::name_of(const std::string& database) const {
  return beside_name(database, "new", server_.run);
}

std::vector<Task> Beside::place(Task task) {
  const StatementKind kind = task.statement.kind;
  if (kind == StatementKind::drop_database) return {};
  const Subject subject = subject_of(task.statement, task.sql);
  if (subject.kind == Subject::Kind::database) return place_about(subject.name, std::move(task));
  const std::string database = task.session.database;
  if (subject.kind == Subject::Kind::server) {
    if (dump::Tokens(task.sql).at("drop")) return {};  // of --clean: roles and tablespaces of others
    task.session = session_in(maintenance_, task.session);
    return {std::move(task)};
  }
  const std::string name = name_of(database);
  std::vector<Task> placed;
  if (databases_.count(database) == 0) {
    std::vector<Task>& waiting = waiting_[database];
    if (!is_contents(task)) {
      waiting.push_back(std::move(task));
      return {};
    }
    placed.push_back(make_database(database, task));
    unstated_.insert(database);
    for (Task& one : std::exchange(waiting, {})) placed.push_back(std::move(one));
  }
  placed.push_back(std::move(task));
  for (Task& one : placed) {
    if (one.statement.kind != StatementKind::create_database) one.session.database = name;
  }
  return placed;
}

std::vector<Task> Beside::place_about(const std::string& about, Task task) {
  const bool makes_it = task.statement.kind == StatementKind::create_database;
  if (makes_it) {
    databases_.emplace(about, name_of(about));
    task.statement.name = name_of(about);
  }
  if (makes_it && unstated_.count(about) != 0) return {};
  if (databases_.count(about) == 0) {
    notes_.push_back(fmt::format("database {} keeps its properties; not carried out: {}", about, task.sql));
    return {};
  }
  task.sql =
      dump::with_database_names(task.sql, [&](const std::string& database) { return name_of(database); });
  task.session = session_in(maintenance_, task.session);
  return {std::move(task)};
}

Task Beside::make_database(const std::string& database, const Task& first) {
  Task make;
  make.line = first.line;
  make.repeated = true;  // no statement of the dump; one that is there is left alone
  make.statement.kind = StatementKind::create_database;
  make.statement.name = name_of(database);
  make.statement.footprint.everything = true;
  make.session = {maintenance_, std::make_shared<const std::vector<std::string>>()};
  const auto like = server_.present.find(database);
  make.sql = fmt::format("CREATE DATABASE {} TEMPLATE template0{}", quoted_identifier(name_of(database)),
                         like == server_.present.end() ? "" : " " + like->second);
  databases_.emplace(database, name_of(database));
  return make;
}

}  // namespace recover::postgresql::load
