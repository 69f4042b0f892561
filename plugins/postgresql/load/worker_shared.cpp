// In a server that others use, what they have stays as it is: roles and tablespaces of the same name are not
// changed, and what our role may not do there is told instead of failing.
#include "postgresql/dump/database_names.hpp"
#include "postgresql/dump/role_names.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/load/made_names.hpp"
#include "postgresql/load/tolerated.hpp"
#include "postgresql/load/worker.hpp"

#include <algorithm>

namespace recover::postgresql::load {

/// What others use in a shared server stays as it is: their roles, and tablespaces of the same name.
Result<bool> Worker::is_left_alone(const Task& task) {
  const std::string& name = task.statement.name;
  MadeNames& made = *options_.shared->made_roles;
  switch (task.statement.kind) {
    case dump::StatementKind::create_role: {
      if (made.contains(name)) return false;
      if (RECOVER_TRY(exists("pg_catalog.pg_roles WHERE rolname = ", name))) return true;
      RECOVER_TRY(made.add(name));
      return false;
    }
    case dump::StatementKind::role_property: {
      if (dump::database_named(task.sql) || made.contains(name)) return false;
      if (name != options_.shared->role)
        tally_.add_warning("role " + name +
                           " was there: its attributes, password and settings were left alone");
      return true;
    }
    case dump::StatementKind::create_tablespace: RECOVER_TRY(provide_tablespace(task)); return true;
    default: return is_about_foreign_roles(task);
  }
}

/// Who is a member of what is not changed among roles that were there.
bool Worker::is_about_foreign_roles(const Task& task) {
  const std::vector<std::string> roles = dump::roles_described(task.sql);
  const auto is_ours = [&](const std::string& role) { return options_.shared->made_roles->contains(role); };
  if (roles.empty() || std::any_of(roles.begin(), roles.end(), is_ours)) return false;
  tally_.add_note("memberships and comments of roles that were there were left alone", task.line);
  return true;
}

/// The place in the dump is one of the old machine: only the operator knows one on the server's.
Result<void> Worker::provide_tablespace(const Task& task) {
  const std::string& name = task.statement.name;
  if (RECOVER_TRY(exists("pg_catalog.pg_tablespace WHERE spcname = ", name))) return {};
  const auto chosen = options_.shared->tablespaces.find(name);
  if (chosen == options_.shared->tablespaces.end())
    return make_error(errors::target_tablespace_missing, "tablespace " + name, "the server does not have it");
  RECOVER_TRY(connection_->execute_single(dump::rewrite_tablespace_location(task.sql, chosen->second),
                                          context_.cancel));
  return {};
}

Result<bool> Worker::exists(const std::string& catalog, const std::string& name) {
  return !RECOVER_TRY(connection_->query("SELECT 1 FROM " + catalog + quoted_literal(name), context_.cancel))
              .empty();
}

/// A role that is no superuser can load everything and not give it away.
bool Worker::is_beyond_our_rights(const Task& task, const std::string& state) const {
  const dump::StatementKind kind = task.statement.kind;
  return options_.shared && is_lack_of_rights(state) &&
         (kind == dump::StatementKind::owner || kind == dump::StatementKind::alter_database ||
          kind == dump::StatementKind::comment);
}

}  // namespace recover::postgresql::load
