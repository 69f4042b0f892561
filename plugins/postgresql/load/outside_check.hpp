/// Holding what lies outside every database against the dump: privileges and labels.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/load/record.hpp"
#include "recover/host.hpp"
#include "recover/model.hpp"

#include <map>
#include <string>

namespace recover::postgresql::load {

/// Every database, tablespace and parameter that the dump grants something on has privileges of its own, and
/// every database, role and tablespace that it labels has a label. `names` as for prove(). Errors:
/// postgresql.connection_failed, postgresql.query_failed, run.cancelled.
Result<Check> outside_check(const LoadRecord& record, const Endpoint& endpoint,
                            const std::map<std::string, std::string>& names, StepContext& context);

}  // namespace recover::postgresql::load
