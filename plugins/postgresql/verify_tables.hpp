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
  std::optional<Error> failure;
};

/// Reads the tables with `jobs` connections. With `values` every out-of-line value is read too. A table that
/// cannot be read is a reading with a failure. Errors: run.cancelled only.
Result<std::vector<TableReading>> read_tables(const std::vector<TableEntry>& tables, bool values,
                                              unsigned jobs, const Endpoint& endpoint, StepContext& context);

/// True when the table could not be read only because a library of an extension is not installed here.
bool lacks_library(const Error& failure);

}  // namespace recover::postgresql
