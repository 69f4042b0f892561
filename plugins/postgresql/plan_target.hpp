/// Where a plan's result will be, and the steps that every way to it shares.
#pragma once

#include "postgresql/server.hpp"
#include "recover/engine.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

/// A plan that says what it is for, and no steps yet. Pure.
Plan begin_plan(const Assessment& assessment, Strategy strategy, const Wishes& wishes);

/// "postgresql-16-1a2b3c4d": the server's major version and the last eight hexadecimal digits of the source's
/// system identifier, the same for every copy of a cluster. Pure.
std::string name_of_cluster(const std::string& major, const std::string& system_identifier);

/// Notes the server that the plan works with.
void use_server(Plan& plan, const Server& server, const Wishes& wishes);

/// Fills the target, what it replaces and the line to connect. The plan's server and account must be known.
/// Errors: target.running, target.not_empty, postgresql.target_unreachable.
Result<void> settle_target(Plan& plan, const std::string& name, const Wishes& wishes, Host& host);

/// The swap into the final name. Pure.
Activate activation(const Plan& plan, const Wishes& wishes);

/// What comes after the swap: ownership of a mount point, the start. Pure.
std::vector<Step> last_steps(const Plan& plan, bool inside);

/// The canonical list of steps knows nothing of private instances, tablespaces and of a server on the old
/// data: their steps go in here.
void insert_target_steps(Plan& plan, bool needs_tablespaces, Host& host);

}  // namespace recover::postgresql
