/// Holding the server against the dump: what was counted and summed while the dump was read is counted and
/// summed again out of the tables.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/load/record.hpp"
#include "recover/engine.hpp"

#include <map>
#include <string>
#include <vector>

namespace recover::postgresql::load {

/// One check for the rows, one for the contents (level full; else it says that it was not checked), one for
/// what the load had to do besides. `names` says how databases of the record are called in the server at the
/// moment, where that differs. Errors: postgresql.connection_failed, run.cancelled.
Result<std::vector<Check>> prove(const LoadRecord& record, const std::string& level, unsigned jobs,
                                 const Endpoint& endpoint, const std::map<std::string, std::string>& names,
                                 StepContext& context);

}  // namespace recover::postgresql::load
