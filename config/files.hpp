/// Reading a configuration file only when nobody else could have written it.
#pragma once

#include "recover/result.hpp"

#include <string>

namespace recover::config {

/// The text of a file that is regular, not a link, owned by root or by us, and writable by its owner
/// alone. Errors: config.not_found, config.unsafe_permissions, config.invalid.
Result<std::string> read_safely(const std::string& path);

}  // namespace recover::config
