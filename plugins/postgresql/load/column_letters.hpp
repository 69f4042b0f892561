/// The columns of a table whose text depends on who printed it, as the letters that a load record keeps.
#pragma once

#include "postgresql/dump/row_sum.hpp"

#include <string>

namespace recover::postgresql::load {

/// One letter for each column: 'z' holds times with a zone, 'f' is double precision, 'r' real, 'd' holds
/// double precision, 'e' real (both: times as well), '-' others. Empty: all columns are others.
dump::RowForm row_form(const std::string& letters);

/// Asks a server for the columns that COPY writes of this table: their names and letters ('' for others).
std::string letters_query(const std::string& table);

}  // namespace recover::postgresql::load
