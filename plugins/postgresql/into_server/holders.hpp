/// What holds a database besides sessions: nobody but its owner may take it away.
#pragma once

#include "postgresql/connection.hpp"
#include "recover/host.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::postgresql {

/// "0, 16384, 16385", for IN (...).
std::string list_of(const std::vector<std::uint64_t>& ids);

/// Errors: postgresql.database_in_use when a transaction that was prepared in one of these databases waits.
Result<void> check_prepared(Connection& connection, const std::vector<std::uint64_t>& databases,
                            StepContext& context);

/// Errors: postgresql.database_in_use when a logical replication slot belongs to one of these databases.
Result<void> check_slots(Connection& connection, const std::vector<std::uint64_t>& databases,
                         StepContext& context);

/// Tells the slots that stay with a database which loses its name. Errors: postgresql.query_failed.
Result<void> tell_slots(Connection& connection, const std::vector<std::uint64_t>& databases,
                        StepContext& context);

}  // namespace recover::postgresql
