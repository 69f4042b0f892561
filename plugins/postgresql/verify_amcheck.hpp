/// Structure checks by PostgreSQL's own extension amcheck, where the server has it.
#pragma once

#include "postgresql/connection.hpp"
#include "recover/engine.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::postgresql {

/// What amcheck said of one database.
struct StructureFindings {
  std::uint64_t indexes = 0;          ///< B-tree indexes compared with their tables
  std::uint64_t plain_indexes = 0;    ///< checked alone: comparing would run expressions of the data
  std::uint64_t skipped_indexes = 0;  ///< order defined by code of the data: not checked
  std::uint64_t tables = 0;           ///< tables and their out-of-line values (14 and newer)
  std::vector<std::string> corruptions;
  std::string unavailable;  ///< why nothing was checked; empty when it was
};

/// Checks one database inside a transaction that is rolled back: the copy stays as it was. Errors:
/// postgresql.query_failed, run.cancelled.
Result<StructureFindings> check_structure(Connection& connection, const std::string& database, int major,
                                          StepContext& context);

}  // namespace recover::postgresql
