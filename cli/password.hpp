/// A password that a person types: asked for on the terminal, kept in this process alone.
#pragma once

#include "config/config.hpp"
#include "recover/cancel.hpp"
#include "recover/result.hpp"

#include <string>

namespace recover::cli {

/// Carries out --ask-password: from here on the typed password is the password file of the settings. Does
/// nothing without that flag. Errors: usage.invalid when nobody can be asked or a file is named too,
/// run.cancelled.
Result<void> ask_for_password(config::Settings& settings, const CancellationToken& cancel);

/// A file that has no name, no place on any disk and no reader but this process, under the path by which
/// this process opens it. Errors: internal.error.
Result<std::string> memory_file(const std::string& content);

}  // namespace recover::cli
