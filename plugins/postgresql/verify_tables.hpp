/// Reading every table of every database to its end, several at a time.
#pragma once

#include "postgresql/verify_survey.hpp"
#include "recover/engine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql {

/// What reading one table gave.
struct TableReading {
  TableEntry table;
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> value_bytes;  ///< length of all out-of-line values, when they were read
  std::optional<std::uint64_t> index_rows;   ///< counted by an index that holds all rows, where one does
  std::optional<Error> failure;
};

/// Reads the tables with `jobs` connections. `thorough` reads every out-of-line value too and counts a second
/// time by an index. A table that cannot be read is a reading with a failure. Errors: run.cancelled only.
Result<std::vector<TableReading>> read_tables(const std::vector<TableEntry>& tables, bool thorough,
                                              unsigned jobs, const Endpoint& endpoint, StepContext& context);

/// True when the table could not be read only because a library of an extension is not installed here.
bool lacks_library(const Error& failure);

}  // namespace recover::postgresql
