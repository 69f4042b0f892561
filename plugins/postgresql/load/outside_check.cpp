// A server may have more than the dump: others use it, and initdb grants something on template1. So only what
// the dump has is looked for, by name. Parameters have privileges since PostgreSQL 15 (the manual, catalog
// pg_parameter_acl); labels of what all databases share are in pg_shseclabel.
#include "postgresql/load/outside_check.hpp"

#include "postgresql/load/names.hpp"

#include <fmt/format.h>

#include <set>

namespace recover::postgresql::load {

namespace {

using Names = std::set<std::pair<std::string, std::string>>;

constexpr const char* everywhere =
    "SELECT 'database', datname FROM pg_catalog.pg_database WHERE datacl IS NOT NULL UNION ALL "
    "SELECT 'tablespace', spcname FROM pg_catalog.pg_tablespace WHERE spcacl IS NOT NULL UNION ALL "
    "SELECT 'label of a database', d.datname FROM pg_catalog.pg_shseclabel l JOIN pg_catalog.pg_database d "
    "ON l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND l.objoid = d.oid UNION ALL "
    "SELECT 'label of a tablespace', s.spcname FROM pg_catalog.pg_shseclabel l JOIN "
    "pg_catalog.pg_tablespace s ON l.classoid = 'pg_catalog.pg_tablespace'::pg_catalog.regclass AND "
    "l.objoid = s.oid UNION ALL "
    "SELECT 'label of a role', r.rolname FROM pg_catalog.pg_shseclabel l JOIN pg_catalog.pg_roles r "
    "ON l.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND l.objoid = r.oid";

Result<Names> find_outside(const std::string& database, const Endpoint& endpoint, StepContext& context) {
  auto connection = RECOVER_TRY(Connection::open(endpoint, database, context.cancel));
  const Rows parameters = RECOVER_TRY(
      connection.query("SELECT pg_catalog.to_regclass('pg_catalog.pg_parameter_acl')", context.cancel));
  const bool has_parameters = !parameters.empty() && parameters[0][0].has_value();
  std::string sql = everywhere;
  if (has_parameters) sql += " UNION ALL SELECT 'parameter', parname FROM pg_catalog.pg_parameter_acl";
  Names names;
  for (const Row& row : RECOVER_TRY(connection.query(sql, context.cancel)))
    names.emplace(row.at(0).value_or(""), row.at(1).value_or(""));
  return names;
}

std::string shown(const LoadedOutside& one) {
  const bool is_label = one.what.starts_with("label");
  return is_label ? fmt::format("the {} {}", one.what, one.name)
                  : fmt::format("privileges on the {} {}", one.what, one.name);
}

}  // namespace

Result<Check> outside_check(const LoadRecord& record, const Endpoint& endpoint,
                            const std::map<std::string, std::string>& names, StepContext& context) {
  const std::string database =
      record.databases.empty() ? "postgres" : name_in_server(record.databases.front(), names);
  const Names found = RECOVER_TRY(find_outside(database, endpoint, context));
  Check check{"dump_shared_objects",
              "what lies outside the databases has the privileges and labels of the dump",
              Verdict::passed,
              {},
              {},
              {}};
  std::vector<std::string> missing;
  for (const LoadedOutside& one : record.outside) {
    const bool is_database = one.what.ends_with("database");
    const std::string name = is_database ? name_in_server(one.name, names) : one.name;
    if (found.count({one.what, name}) == 0) missing.push_back(shown(one));
  }
  set_fact(check.facts, "shared_objects", static_cast<std::int64_t>(record.outside.size()));
  check.evidence =
      fmt::format("{} databases, tablespaces, parameters and roles: as in the dump", record.outside.size());
  if (!missing.empty()) {
    check.verdict = Verdict::failed;
    check.evidence = fmt::format("missing: {}", fmt::join(missing, "; "));
    set_fact(check.facts, "missing", missing);
  }
  return check;
}

}  // namespace recover::postgresql::load
