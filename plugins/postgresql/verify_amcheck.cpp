// amcheck finds what page checksums cannot: an index in wrong order, a row that an index lacks, a lost
// out-of-line value (reference: the documentation's chapter on amcheck). The extension is made in a
// transaction that is rolled back. Two dangers come from the data itself: event triggers that fire on
// CREATE EXTENSION (off by setting since 17, by session_replication_role before; a trigger that fires
// even then means: not checked), and index expressions or foreign operator classes, whose functions a
// check would call (such indexes are checked without them or not at all).
#include "postgresql/verify_amcheck.hpp"

#include <map>

namespace recover::postgresql {

namespace {

constexpr int event_triggers_setting_since = 17;
constexpr int compare_with_table_since = 11;
constexpr int check_tables_since = 14;

/// Why the extension cannot be used in this database; empty when it can.
Result<std::string> obstacle(Connection& connection, int major, const CancellationToken& cancel) {
  const Rows available =
      RECOVER_TRY(connection.query("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'", cancel));
  if (available.empty()) return std::string("the server has no amcheck (it comes with postgresql-contrib)");
  if (major >= event_triggers_setting_since) return std::string();
  const Rows triggers = RECOVER_TRY(
      connection.query("SELECT evtname FROM pg_event_trigger WHERE evtenabled IN ('R', 'A')", cancel));
  if (triggers.empty()) return std::string();
  return "the event trigger " + text(triggers[0], 0) + " would run";
}

/// Begins the transaction and returns the schema that holds amcheck's functions.
Result<std::string> begin_with_amcheck(Connection& connection, const CancellationToken& cancel) {
  RECOVER_TRY(connection.query("BEGIN READ WRITE; SET LOCAL session_replication_role = replica", cancel));
  const Rows installed = RECOVER_TRY(
      connection.query("SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
                       "WHERE e.extname = 'amcheck'",
                       cancel));
  if (!installed.empty()) return quoted_identifier(text(installed[0], 0));
  RECOVER_TRY(connection.query(
      "CREATE SCHEMA recover_amcheck; CREATE EXTENSION amcheck SCHEMA recover_amcheck", cancel));
  return std::string("recover_amcheck");
}

/// Runs one check that may fail without ending the transaction; what it found goes to `corruptions`.
Result<void> run_check(Connection& connection, const std::string& sql, const std::string& object,
                       StructureFindings& findings, StepContext& context) {
  context.progress.detail("amcheck " + object);
  RECOVER_TRY(connection.query("SAVEPOINT one_check", context.cancel));
  auto answer = connection.query(sql, context.cancel);
  if (answer) {
    for (const Row& row : *answer) {
      if (row.size() > 1)
        findings.corruptions.push_back(object + " block " + text(row, 0) + ": " + text(row, 1));
    }
    RECOVER_TRY(connection.query("RELEASE SAVEPOINT one_check", context.cancel));
    return {};
  }
  RECOVER_TRY(context.cancel.check());
  findings.corruptions.push_back(object + ": " + answer.error().cause);
  RECOVER_TRY(connection.query("ROLLBACK TO SAVEPOINT one_check", context.cancel));
  return {};
}

Result<void> check_indexes(Connection& connection, const std::string& database, int major,
                           const std::string& schema, StructureFindings& findings, StepContext& context) {
  const Rows indexes = RECOVER_TRY(connection.query(
      "SELECT i.indexrelid, format('%s.%s', n.nspname, c.relname), "
      "EXISTS (SELECT 1 FROM unnest(i.indclass) operator_class WHERE operator_class >= 16384), "
      "i.indexprs IS NOT NULL OR i.indpred IS NOT NULL "
      "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid "
      "AND i.indisready AND c.relpersistence = 'p' ORDER BY pg_relation_size(c.oid) DESC",
      context.cancel));
  for (const Row& row : indexes) {
    if (text(row, 2) == "t") {
      ++findings.skipped_indexes;
      continue;
    }
    const bool compare = major >= compare_with_table_since && text(row, 3) != "t";
    ++(compare ? findings.indexes : findings.plain_indexes);
    RECOVER_TRY(run_check(
        connection,
        "SELECT " + schema + ".bt_index_check(" + text(row, 0) + "::regclass" + (compare ? ", true)" : ")"),
        database + "." + text(row, 1), findings, context));
  }
  return {};
}

Result<void> check_tables(Connection& connection, const std::string& database, const std::string& schema,
                          StructureFindings& findings, StepContext& context) {
  const Rows tables = RECOVER_TRY(
      connection.query("SELECT c.oid, format('%s.%s', n.nspname, c.relname) FROM pg_class c "
                       "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam "
                       "WHERE c.relkind IN ('r', 'm', 't') AND a.amname = 'heap' AND c.relpersistence = 'p' "
                       "ORDER BY pg_relation_size(c.oid) DESC",
                       context.cancel));
  for (const Row& row : tables) {
    ++findings.tables;
    RECOVER_TRY(run_check(connection,
                          "SELECT blkno, msg FROM " + schema + ".verify_heapam(" + text(row, 0) +
                              "::regclass, check_toast => true) LIMIT 3",
                          database + "." + text(row, 1), findings, context));
  }
  return {};
}

}  // namespace

Result<StructureFindings> check_structure(Connection& connection, const std::string& database, int major,
                                          StepContext& context) {
  StructureFindings findings;
  findings.unavailable = RECOVER_TRY(obstacle(connection, major, context.cancel));
  if (!findings.unavailable.empty()) return findings;
  auto schema = begin_with_amcheck(connection, context.cancel);
  if (!schema) {
    RECOVER_TRY(context.cancel.check());
    findings.unavailable = schema.error().cause;
    return findings;  // the caller drops the connection and with it the transaction
  }
  RECOVER_TRY(check_indexes(connection, database, major, *schema, findings, context));
  if (major >= check_tables_since)
    RECOVER_TRY(check_tables(connection, database, *schema, findings, context));
  RECOVER_TRY(connection.query("ROLLBACK", context.cancel));
  return findings;
}

}  // namespace recover::postgresql
