/// The plan that puts a dump into a running server.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql {

/// Asks the server and completes a plan that was begun (begin_plan()): load beside, verify, exchange. Errors:
/// postgresql.target_invalid and the failures to connect, target_too_old, target_rights, database_exists,
/// server_not_installed (pg_restore for an archive).
Result<Plan> plan_into_server(Plan plan, const Wishes& wishes, Host& host);

}  // namespace recover::postgresql
