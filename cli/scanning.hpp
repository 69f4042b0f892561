/// Scanning as several commands need it.
#pragma once

#include "cli/choices.hpp"
#include "cli/session.hpp"
#include "core/scan/scanner.hpp"

namespace recover::cli {

/// Scans SOURCE with the limits of the settings, for all engines.
Result<scan::Outcome> scan_source(const Request& request, Session& session);

/// Drops the findings of engines that were not asked for.
void keep_wanted(scan::Outcome& outcome, const Request& request);

/// The error that concerns SOURCE itself (a damaged or unsafe archive), or nullptr. Borrowed.
const Error* error_of_source(const std::string& source, const scan::Outcome& outcome);

/// scan.nothing_found with what was looked for.
Error nothing_found(const Request& request, Session& session);

}  // namespace recover::cli
