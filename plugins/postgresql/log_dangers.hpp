/// Records in the write-ahead log whose replay would leave the data directory.
#pragma once

#include "recover/engine.hpp"

#include <string>

namespace recover::postgresql {

/// Refuses a copy whose log creates a tablespace: replay would write to, or empty, the place that the
/// tablespace had on the old machine. `data` is the staged copy with all its log. Errors:
/// postgresql.tablespace_in_log.
Result<void> check_log(const Plan& plan, const std::string& data, Host& host);

/// The place named by the first such record of a segment at or behind `from_offset`; empty when there is
/// none.
std::string created_tablespace(const std::string& segment, std::uint64_t from_offset);

}  // namespace recover::postgresql
