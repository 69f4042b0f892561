/// Addresses with a token in them, and keys: they stand in files of their own, never in the configuration.
#pragma once

#include "recover/result.hpp"

#include <string>

namespace recover::notify {

/// The first line of a file that nobody but its owner (root or us) may read. Errors: notify.not_set_up,
/// notify.secret_unsafe.
Result<std::string> read_secret(const std::string& path);

}  // namespace recover::notify
