// Questions to the catalogs that all databases share. The columns of pg_database changed over the years
// (datlocprovider since 15, daticulocale 15-16, datlocale since 17; reference: pg_database.h), so optional
// ones are read through to_jsonb, which gives NULL for what is not there.
#include "postgresql/into_server/server_state.hpp"

#include <fmt/format.h>

namespace recover::postgresql {

namespace {

std::string clauses_of(const Row& row) {
  std::string clauses = fmt::format("ENCODING {} LC_COLLATE {} LC_CTYPE {}", quoted_literal(text(row, 3)),
                                    quoted_literal(text(row, 4)), quoted_literal(text(row, 5)));
  const std::string provider = text(row, 6);
  if (provider == "i") clauses += " LOCALE_PROVIDER icu ICU_LOCALE " + quoted_literal(text(row, 7));
  if (provider == "b") clauses += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + quoted_literal(text(row, 7));
  if (const std::string space = text(row, 8); space != "pg_default")
    clauses += " TABLESPACE " + quoted_identifier(space);
  return clauses;
}

}  // namespace

Result<std::map<std::string, ServerDatabase>> list_databases(Connection& connection,
                                                             const CancellationToken& cancel) {
  std::map<std::string, ServerDatabase> databases;
  for (const Row& row : RECOVER_TRY(connection.query(
           "SELECT d.datname, d.oid, d.datallowconn, pg_catalog.pg_encoding_to_char(d.encoding), "
           "coalesce(d.datcollate, ''), coalesce(d.datctype, ''), "
           "pg_catalog.to_jsonb(d) ->> 'datlocprovider', "
           "coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale'), "
           "t.spcname FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = "
           "d.dattablespace",
           cancel))) {
    ServerDatabase database;
    database.id = number(row, 1);
    database.allows_connections = text(row, 2) == "t";
    database.clauses = clauses_of(row);
    databases.emplace(text(row, 0), std::move(database));
  }
  return databases;
}

Result<ServerState> ask_server(const Endpoint& endpoint, const std::string& database,
                               const CancellationToken& cancel) {
  auto connection = RECOVER_TRY(Connection::open(endpoint, database, cancel));
  ServerState state;
  state.major = connection.major();
  const Rows rows = RECOVER_TRY(
      connection.query("SELECT pg_catalog.current_setting('server_version'), "
                       "(SELECT system_identifier FROM pg_catalog.pg_control_system()), rolname, rolsuper, "
                       "rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user",
                       cancel));
  const Row& row = rows.at(0);
  state.version = text(row, 0).substr(0, text(row, 0).find(' '));
  state.identity = text(row, 1);
  state.role = text(row, 2);
  state.is_superuser = text(row, 3) == "t";
  state.may_make_databases = text(row, 4) == "t";
  for (const Row& one :
       RECOVER_TRY(connection.query("SELECT name FROM pg_catalog.pg_available_extensions", cancel)))
    state.extensions.insert(text(one, 0));
  for (const Row& one : RECOVER_TRY(connection.query("SELECT rolname FROM pg_catalog.pg_roles", cancel)))
    state.roles.insert(text(one, 0));
  state.databases = RECOVER_TRY(list_databases(connection, cancel));
  for (const Row& one : RECOVER_TRY(connection.query(
           "SELECT datname, pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE datname IS NOT NULL "
           "AND backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid() GROUP BY datname",
           cancel)))
    state.sessions.emplace(text(one, 0), number(one, 1));
  return state;
}

Result<void> copy_properties(Connection& connection, const std::string& model, const std::string& copy,
                             const CancellationToken& cancel) {
  const std::string name = quoted_literal(quoted_identifier(copy));
  // Each row is a statement, written by the server itself so that its quoting is right.
  const std::string make = fmt::format(
      "SELECT pg_catalog.format('ALTER DATABASE %s OWNER TO %I', {0}, pg_catalog.pg_get_userbyid(d.datdba)) "
      "FROM pg_catalog.pg_database d WHERE d.datname = {1} "
      "UNION ALL SELECT pg_catalog.format('ALTER DATABASE %s CONNECTION LIMIT %s', {0}, d.datconnlimit) "
      "FROM pg_catalog.pg_database d WHERE d.datname = {1} AND d.datconnlimit >= 0 "
      "UNION ALL SELECT pg_catalog.format('ALTER DATABASE %s IS_TEMPLATE true', {0}) "
      "FROM pg_catalog.pg_database d WHERE d.datname = {1} AND d.datistemplate "
      "UNION ALL SELECT pg_catalog.format('COMMENT ON DATABASE %s IS %L', {0}, "
      "pg_catalog.shobj_description(d.oid, 'pg_database')) FROM pg_catalog.pg_database d WHERE d.datname = "
      "{1} AND pg_catalog.shobj_description(d.oid, 'pg_database') IS NOT NULL "
      "UNION ALL SELECT pg_catalog.format('REVOKE ALL ON DATABASE %s FROM PUBLIC', {0}) "
      "FROM pg_catalog.pg_database d WHERE d.datname = {1} AND d.datacl IS NOT NULL "
      "UNION ALL SELECT pg_catalog.format('GRANT %s ON DATABASE %s TO %s%s', a.privilege_type, {0}, "
      "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE "
      "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) "
      "END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) "
      "FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a WHERE d.datname = {1}",
      name, quoted_literal(model));
  std::vector<std::string> statements;
  for (const Row& row : RECOVER_TRY(connection.query(make, cancel))) statements.push_back(text(row, 0));
  // Settings: "name=value" in an array; lists of names (search_path) must not become one quoted word.
  for (const Row& row : RECOVER_TRY(connection.query(
           fmt::format(
               "SELECT CASE WHEN s.setrole = 0 THEN pg_catalog.format('ALTER DATABASE %s', {0}) ELSE "
               "pg_catalog.format('ALTER ROLE %I IN DATABASE %s', "
               "pg_catalog.pg_get_userbyid(s.setrole), {0}) END || pg_catalog.format(' SET %I TO %s', "
               "pg_catalog.split_part(c, '=', 1), CASE WHEN pg_catalog.split_part(c, '=', 1) IN "
               "('search_path', 'temp_tablespaces', 'local_preload_libraries', "
               "'session_preload_libraries', 'DateStyle') "
               "THEN pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) "
               "ELSE pg_catalog.quote_literal(pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)) "
               "END) FROM pg_catalog.pg_db_role_setting s "
               "JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase, "
               "pg_catalog.unnest(s.setconfig) c WHERE d.datname = {1}",
               name, quoted_literal(model)),
           cancel)))
    statements.push_back(text(row, 0));
  for (const std::string& statement : statements) {
    if (statement.empty()) continue;
    RECOVER_TRY(connection.execute(statement, cancel));
  }
  return {};
}

}  // namespace recover::postgresql
