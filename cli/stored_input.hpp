/// Standard input that only a file can take the place of.
#pragma once

#include "cli/choices.hpp"
#include "core/run/spool.hpp"

#include <optional>

namespace recover::cli {

/// Where the request's source is standard input and must be read with jumps or twice (a custom archive, an
/// archive of files, --validate-first, --restore-test): stores it, says so, and makes the file the source,
/// for as long as the spool lives. Errors: source.*, target.*, disk.full, run.cancelled.
Result<std::optional<run::Spool>> store_input(Request& request, Session& session);

/// --keep-temp: what was stored for something that failed stays, and where is said.
void keep_after_failure(std::optional<run::Spool>& stored, const Result<Answer>& answer, Session& session);

}  // namespace recover::cli
