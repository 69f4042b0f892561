/// Holding the server's catalogs against what the dump made: how many objects of each kind there are.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/load/record.hpp"
#include "recover/engine.hpp"

#include <map>
#include <string>

namespace recover::postgresql::load {

/// A kind whose number the text of the dump does not tell is named as not compared. `names` as for prove().
/// Errors: postgresql.connection_failed, postgresql.query_failed, run.cancelled.
Result<Check> objects_check(const LoadRecord& record, const Endpoint& endpoint,
                            const std::map<std::string, std::string>& names, StepContext& context);

}  // namespace recover::postgresql::load
