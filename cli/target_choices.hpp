/// How databases and roles are called on the target, and whose things are there.
#pragma once

#include "config/config.hpp"
#include "core/plugin/catalog.hpp"
#include "recover/engine.hpp"
#include "recover/host.hpp"

namespace recover::cli {

/// The running server that is the target, if one is. `engine` is whose server --host and its like mean;
/// empty: the one of --engine. Errors: usage.invalid.
Result<ServerWishes> server_wishes(const config::Settings& settings, plugin::Catalog& catalog,
                                   const std::string& engine = {});

/// --rename and --suffix. Errors: usage.invalid.
Result<NewNames> new_names(const config::Settings& settings);

/// --globals and --owner-policy. Errors: usage.invalid, source.not_found (its file).
Result<RoleWishes> role_wishes(const config::Settings& settings, Files& files);

}  // namespace recover::cli
