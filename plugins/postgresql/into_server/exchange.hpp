/// Exchanging databases of a running server by their names: the new ones get the names, the old ones are
/// kept.
#pragma once

#include "postgresql/connection.hpp"
#include "recover/engine.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::postgresql {

/// One database of the run. OIDs say which is which, whatever it is called at the moment.
struct Exchanged {
  std::string name;
  std::uint64_t new_id = 0;
  std::uint64_t old_id = 0;  ///< 0: there was none
  bool old_allowed_connections = true;
};

/// Where a database of this run is, at any stage.
std::string new_name(const Plan& plan, const std::string& database);
std::string kept_name(const Plan& plan, const std::string& database);
std::string undone_name(const Plan& plan, const std::string& database);

/// Gives the new databases their names, in one transaction, after ending the sessions in the old ones (each
/// is told in the report). Idempotent. Errors: postgresql.database_in_use, target_changed, query_failed,
/// connection_failed, run.cancelled.
Result<void> exchange(const Plan& plan, const std::vector<std::string>& databases, StepContext& context);

/// Gives the names back to the old databases; the new ones are kept as undone_name(). Works on a complete, an
/// interrupted and a never begun exchange. Errors: the same.
Result<void> undo_exchange(const Plan& plan, StepContext& context);

/// What exchange() wrote down; empty when it has not begun.
std::vector<Exchanged> exchanged(const Plan& plan, StepContext& context);

}  // namespace recover::postgresql
