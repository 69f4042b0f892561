/// What one opened database says about itself: its tables to be read, and everything that can be judged
/// from the catalog alone.
#pragma once

#include "postgresql/connection.hpp"
#include "recover/cancel.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::postgresql {

/// One table or materialised view with storage of its own.
struct TableEntry {
  std::string database;
  std::string schema;
  std::string name;
  bool catalog = false;  ///< belongs to PostgreSQL itself
  std::uint64_t bytes = 0;
  std::string length;  ///< expression that reads every out-of-line value; empty when there is none
};

struct DatabaseSurvey {
  std::string name;
  std::vector<TableEntry> tables;
  std::vector<std::string> unlogged;     ///< emptied by crash recovery
  std::vector<std::string> unpopulated;  ///< materialised views without contents
  std::vector<std::string> invalid_indexes;
  std::vector<std::string> changed_collations;  ///< "name: recorded, actual"
  std::vector<std::string> missing_libraries;   ///< "$libdir/postgis-3 (extension postgis)"
  std::vector<std::string> bad_sequences;       ///< with the reason
  std::uint64_t sequences = 0;
  std::uint64_t foreign_tables = 0;
  std::uint64_t large_objects = 0;
};

/// Asks the catalog of one database. `library_directory` is the server's $libdir; empty: libraries
/// are not looked for. Errors:
/// postgresql.query_failed, run.cancelled.
Result<DatabaseSurvey> survey_database(Connection& connection, const std::string& name, int major,
                                       const std::string& library_directory, const CancellationToken& cancel);

/// "schema.table" for people.
std::string display_name(const TableEntry& table);

}  // namespace recover::postgresql
