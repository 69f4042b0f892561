/// The columns of a table whose text depends on who printed it, as the letters that a load record keeps.
#pragma once

#include "postgresql/dump/row_sum.hpp"

#include <string>

namespace recover::postgresql::load {

/// One letter for each column: 'z' may hold times with a zone, 'f' double precision, 'r' real, '-' others.
/// Empty: all columns are others.
dump::RowForm row_form(const std::string& letters);

}  // namespace recover::postgresql::load
