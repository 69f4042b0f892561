/// The recovery of a dump as a list of steps.
#pragma once

#include "postgresql/server.hpp"
#include "recover/engine.hpp"

namespace recover::postgresql {

/// Errors: what makes it impossible (postgresql.*, target.*). Changes nothing.
Result<Plan> plan_load(const Assessment& assessment, const Wishes& wishes, Tree& tree, Host& host);

/// Reads the whole dump before anything is loaded. Pure.
Step validate_step(const Finding& finding);

/// The server that a dump is loaded into: of the version it was made by, or the next newer one that is
/// installed. Errors: postgresql.server_not_installed.
Result<Server> server_for_dump(const Finding& finding, const std::string& bindir, Host& host);

/// That no server here is as new as a finding needs: at least major version `oldest`; `server` is the newest.
Error too_new(const Finding& finding, int oldest, const Server& server);

/// Why this dump cannot be loaded, if it cannot.
std::optional<Error> obstacle_to_load(const Finding& finding, const Wishes& wishes, Host& host);

/// What is missing where, and the packages that bring it.
Error lacks_extensions(const std::vector<std::string>& missing, const std::string& version,
                       const std::string& where);

/// Adds to the plan what the way from the dump's version to this major version may change.
void warn_of_version(Plan& plan, int target_major);

/// Adds to the plan which files must be copied for pg_restore, how large and where. Errors:
/// target.no_account.
Result<void> tell_copies(Plan& plan, const Wishes& wishes, Tree& tree, Host& host);

/// Bytes that the loaded cluster will need, generously: what a dump packs into a byte is not known before.
Bytes space_to_load(const Finding& finding);

}  // namespace recover::postgresql
