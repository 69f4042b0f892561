// The order of a verification: who is it (system identifier), which databases open, what each catalog
// says, then every table to its end, then structure. A database that cannot be opened is a failed check;
// one that refuses connections by its own setting is named as not checked, because that is how its owner
// left it.
#include "postgresql/verify_cluster.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/verify_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

Result<Connection> open_any(const Cluster& cluster, const CancellationToken& cancel) {
  auto connection = Connection::open(cluster.endpoint, cluster.maintenance, cancel);
  if (connection || cancel.is_cancelled()) return connection;
  return Connection::open(cluster.endpoint, "template1", cancel);  // postgres may have been dropped
}

Result<Check> check_identity(const Plan& plan, Connection& connection, const CancellationToken& cancel) {
  const Rows rows =
      RECOVER_TRY(connection.query("SELECT system_identifier FROM pg_control_system()", cancel));
  const std::string expected = text_fact(plan.facts, fact::system_identifier);
  const std::string actual = text(rows.at(0), 0);
  Check check{"system_identifier", "the server is the source's cluster", Verdict::passed, actual, {}, {}};
  if (expected != actual) {
    check.verdict = Verdict::failed;
    check.evidence = fmt::format("the source is {}, the server {}", expected, actual);
  }
  return check;
}

/// Databases and what keeps them from being opened.
struct DatabaseList {
  std::vector<std::string> open;
  std::vector<std::string> closed;   ///< refuse connections by their own setting
  std::vector<std::string> drifted;  ///< collation version differs
};

Result<DatabaseList> find_databases(Connection& connection, const Cluster& cluster,
                                    const CancellationToken& cancel) {
  const std::string drift = cluster.major >= 15
                                ? "datcollversion IS NOT NULL AND datcollversion IS DISTINCT FROM "
                                  "pg_database_collation_actual_version(oid)"
                                : "false";
  DatabaseList list;
  for (const Row& row : RECOVER_TRY(connection.query(
           "SELECT datname, datallowconn AND datconnlimit <> -2, " + drift + " FROM pg_database ORDER BY 1",
           cancel))) {
    if (!cluster.only.empty() &&
        std::find(cluster.only.begin(), cluster.only.end(), text(row, 0)) == cluster.only.end())
      continue;
    (text(row, 1) == "t" ? list.open : list.closed).push_back(text(row, 0));
    if (text(row, 2) == "t") list.drifted.push_back("database " + text(row, 0));
  }
  return list;
}

Result<std::string> library_directory(Connection& connection, const CancellationToken& cancel) {
  auto rows = connection.query("SELECT setting FROM pg_config() WHERE name = 'PKGLIBDIR'", cancel);
  RECOVER_TRY(cancel.check());
  if (!rows) return std::string();  // not everybody may ask
  return rows->empty() ? std::string() : text(rows->at(0), 0);
}

/// Opens every database and asks its catalog.
Result<void> survey_all(ClusterFindings& findings, const Cluster& cluster, const std::string& libraries,
                        StepContext& context) {
  for (const std::string& name : findings.open_databases) {
    context.progress.detail("database " + name);
    auto connection = Connection::open(cluster.endpoint, name, context.cancel);
    RECOVER_TRY(context.cancel.check());
    if (!connection) {
      findings.unopened.push_back(name + ": " + connection.error().cause);
      continue;
    }
    auto survey = survey_database(*connection, name, cluster.major, libraries, context.cancel);
    RECOVER_TRY(context.cancel.check());
    if (survey) {
      findings.databases.push_back(std::move(*survey));
    } else {
      findings.unopened.push_back(name + ": " + survey.error().cause);
    }
  }
  return {};
}

Result<void> check_structures(ClusterFindings& findings, const Cluster& cluster, StepContext& context) {
  for (const DatabaseSurvey& database : findings.databases) {
    auto connection = RECOVER_TRY(Connection::open(cluster.endpoint, database.name, context.cancel));
    auto structure = check_structure(connection, database.name, cluster.major, context);
    RECOVER_TRY(context.cancel.check());
    StructureFindings found;
    if (structure) {
      found = std::move(*structure);
    } else {
      found.unavailable = structure.error().cause;
    }
    findings.structures.emplace_back(database.name, std::move(found));
  }
  return {};
}

Result<void> read_all(ClusterFindings& findings, const Plan& plan, const Cluster& cluster,
                      StepContext& context) {
  std::vector<TableEntry> tables;
  Bytes total;
  for (const DatabaseSurvey& database : findings.databases) {
    tables.insert(tables.end(), database.tables.begin(), database.tables.end());
    for (const TableEntry& table : database.tables) total += Bytes{table.bytes};
  }
  context.progress.begin(plan.id, "verify", total);
  auto readings = read_tables(tables, cluster.level == "full", cluster.jobs, cluster.endpoint, context);
  context.progress.end();
  findings.readings = RECOVER_TRY(std::move(readings));
  return {};
}

}  // namespace

Result<std::vector<Check>> check_cluster(const Plan& plan, const Cluster& cluster, StepContext& context) {
  auto connection = RECOVER_TRY(open_any(cluster, context.cancel));
  std::vector<Check> checks;
  if (!text_fact(plan.facts, fact::system_identifier).empty())  // a dump has none
    checks.push_back(RECOVER_TRY(check_identity(plan, connection, context.cancel)));
  const DatabaseList list = RECOVER_TRY(find_databases(connection, cluster, context.cancel));
  ClusterFindings findings;
  findings.level = cluster.level;
  findings.open_databases = list.open;
  findings.closed_databases = list.closed;
  findings.changed_collations = list.drifted;
  for (const Row& row : RECOVER_TRY(connection.query("SELECT gid FROM pg_prepared_xacts", context.cancel))) {
    findings.prepared_transactions.push_back(text(row, 0));
  }
  const std::string libraries = RECOVER_TRY(library_directory(connection, context.cancel));
  RECOVER_TRY(survey_all(findings, cluster, libraries, context));
  findings.is_freshly_loaded = cluster.is_freshly_loaded;
  if (cluster.level != "none" && !cluster.is_freshly_loaded)
    RECOVER_TRY(read_all(findings, plan, cluster, context));
  if (cluster.level == "full" && !cluster.is_freshly_loaded)
    RECOVER_TRY(check_structures(findings, cluster, context));
  for (Check& check : report_findings(findings)) checks.push_back(std::move(check));
  return checks;
}

}  // namespace recover::postgresql
