// Questions to the catalog of one recovered database. Only functions of pg_catalog are called and only
// relations with storage are named: never a view, a foreign table or a function of the data, since those
// are code of whoever owned it. The session's search_path is empty, so an unqualified name can only mean
// pg_catalog.
#include "postgresql/verify_survey.hpp"

#include <unistd.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t sequences_per_query = 100;

/// Objects below this OID were made by initdb, not by a user (FirstNormalObjectId).
constexpr auto user_schemas =
    "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'";

std::vector<std::string> first_column(const Rows& rows) {
  std::vector<std::string> values;
  for (const Row& row : rows) values.push_back(text(row, 0));
  return values;
}

/// Columns that may be stored out of line, of types PostgreSQL itself brings: format() prints them with the
/// type's own output function and so reads all of the value. A virtual generated column (18) has no
/// storage and would run its expression.
std::string tables_query(int major) {
  const std::string stored = major >= 18 ? " AND a.attgenerated <> 'v'" : "";
  return "SELECT n.nspname, c.relname, n.nspname IN ('pg_catalog', 'information_schema'), "
         "pg_relation_size(c.oid), c.relpersistence, c.relkind = 'm' AND NOT c.relispopulated, "
         "(SELECT string_agg(format('coalesce(sum(octet_length(format(''%%s'', %I))), 0)', a.attname), ' + "
         "') "
         "FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attlen "
         "= -1 "
         "AND a.attstorage <> 'p' AND a.atttypid < 16384" +
         stored +
         ") "
         "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
         "WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_(toast|temp)' "
         "ORDER BY pg_relation_size(c.oid) DESC";
}

Result<void> survey_tables(DatabaseSurvey& survey, Connection& connection, int major,
                           const CancellationToken& cancel) {
  for (const Row& row : RECOVER_TRY(connection.query(tables_query(major), cancel))) {
    TableEntry table{survey.name,         text(row, 0),   text(row, 1),
                     text(row, 2) == "t", number(row, 3), text(row, 6)};
    if (text(row, 4) == "u") survey.unlogged.push_back(survey.name + "." + display_name(table));
    if (text(row, 5) == "t") {
      survey.unpopulated.push_back(survey.name + "." + display_name(table));
    } else {
      survey.tables.push_back(std::move(table));
    }
  }
  return {};
}

/// Reads every sequence and compares its value with its own limits.
Result<void> survey_sequences(DatabaseSurvey& survey, Connection& connection,
                              const CancellationToken& cancel) {
  const Rows sequences = RECOVER_TRY(connection.query(
      "SELECT n.nspname, c.relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY c.oid",
      cancel));
  survey.sequences = sequences.size();
  for (std::size_t start = 0; start < sequences.size(); start += sequences_per_query) {
    std::string sql;
    for (std::size_t i = start; i < std::min(start + sequences_per_query, sequences.size()); ++i) {
      const std::string name = text(sequences[i], 0) + "." + text(sequences[i], 1);
      sql += (sql.empty() ? "SELECT " : " UNION ALL SELECT ") + quoted_literal(name) +
             ", s.last_value FROM " + quoted_identifier(text(sequences[i], 0)) + "." +
             quoted_identifier(text(sequences[i], 1)) +
             " s, pg_sequence q WHERE q.seqrelid = " + text(sequences[i], 2) +
             " AND NOT s.last_value BETWEEN q.seqmin AND q.seqmax";
    }
    auto outside = connection.query(sql, cancel);
    if (!outside && cancel.is_cancelled()) return std::move(outside).error();
    if (!outside) {
      survey.bad_sequences.push_back(survey.name + ": " + outside.error().cause);
      continue;
    }
    for (const Row& row : *outside) {
      survey.bad_sequences.push_back(survey.name + "." + text(row, 0) + ": value " + text(row, 1) +
                                     " is outside its limits");
    }
  }
  return {};
}

/// Libraries that functions of this database need and that the server does not have.
Result<void> survey_libraries(DatabaseSurvey& survey, Connection& connection, const std::string& directory,
                              const CancellationToken& cancel) {
  const Rows libraries = RECOVER_TRY(connection.query(
      "SELECT DISTINCT p.probin, coalesce((SELECT ' (extension ' || e.extname || ')' FROM pg_depend d "
      "JOIN pg_extension e ON e.oid = d.refobjid WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid "
      "AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' LIMIT 1), '') "
      "FROM pg_proc p WHERE p.probin IS NOT NULL ORDER BY 1",
      cancel));
  for (const Row& row : libraries) {
    std::string path = text(row, 0);
    if (path.starts_with("$libdir")) path.replace(0, 7, directory);
    if (path.find('/') == std::string::npos) path = directory + "/" + path;
    if (::access(path.c_str(), F_OK) != 0 && ::access((path + ".so").c_str(), F_OK) != 0) {
      survey.missing_libraries.push_back(text(row, 0) + text(row, 1) + " in " + survey.name);
    }
  }
  return {};
}

}  // namespace

std::string display_name(const TableEntry& table) {
  return table.schema + "." + table.name;
}

Result<DatabaseSurvey> survey_database(Connection& connection, const std::string& name, int major,
                                       const std::string& library_directory,
                                       const CancellationToken& cancel) {
  DatabaseSurvey survey;
  survey.name = name;
  RECOVER_TRY(survey_tables(survey, connection, major, cancel));
  RECOVER_TRY(survey_sequences(survey, connection, cancel));
  if (!library_directory.empty())
    RECOVER_TRY(survey_libraries(survey, connection, library_directory, cancel));
  survey.invalid_indexes = first_column(RECOVER_TRY(connection.query(
      "SELECT format('%s.%s.%s', " + quoted_literal(name) +
          ", n.nspname, c.relname) FROM pg_index i "
          "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
          "WHERE (NOT i.indisvalid OR NOT i.indisready) AND c.relkind = 'i' AND " +
          user_schemas,
      cancel)));
  survey.changed_collations = first_column(RECOVER_TRY(connection.query(
      "SELECT format('%s.%s: recorded %s, here %s', " + quoted_literal(name) +
          ", collname, collversion, "
          "pg_collation_actual_version(oid)) FROM pg_collation "
          "WHERE collversion IS NOT NULL AND collversion IS DISTINCT FROM pg_collation_actual_version(oid)",
      cancel)));
  const Rows counts =
      RECOVER_TRY(connection.query("SELECT (SELECT count(*) FROM pg_class WHERE relkind = 'f'), "
                                   "(SELECT count(*) FROM pg_largeobject_metadata)",
                                   cancel));
  survey.foreign_tables = number(counts.at(0), 0);
  survey.large_objects = number(counts.at(0), 1);
  return survey;
}

}  // namespace recover::postgresql
