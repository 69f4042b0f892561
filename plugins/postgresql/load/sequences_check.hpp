/// Holding the server's sequences against the dump, and against the columns that take their values from them.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/load/record.hpp"
#include "recover/engine.hpp"

#include <map>
#include <string>

namespace recover::postgresql::load {

/// Failed where a sequence stands elsewhere than the dump puts it; a warning where its column is ahead of it,
/// which the dump has from its source. `names` as for prove(). Errors: postgresql.connection_failed,
/// run.cancelled.
Result<Check> sequences_check(const LoadRecord& record, const Endpoint& endpoint,
                              const std::map<std::string, std::string>& names, StepContext& context);

}  // namespace recover::postgresql::load
