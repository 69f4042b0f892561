/// From words and settings to what core wants: a source, a selection, wishes, a policy.
#pragma once

#include "cli/session.hpp"
#include "core/run/run.hpp"
#include "core/scan/scanner.hpp"

#include <string>
#include <vector>

namespace recover::cli {

/// SOURCE and ENGINE words told apart.
struct Request {
  std::string source;                ///< absolute path
  std::vector<std::string> engines;  ///< manifest names
};

/// What `words` ask for: an engine's name or alias selects it, everything else is SOURCE; without one,
/// backup_path, then a question on the terminal. Errors: usage.invalid, source.not_found,
/// source.not_supported, engine.unknown.
Result<Request> understand(const std::vector<std::string>& words, Session& session);

scan::Options scan_options(const Request& request, const config::Settings& settings);
run::Selection selection(const Request& request, const config::Settings& settings);
Result<Wishes> wishes(Session& session, const std::string& run_id);
run::Policy policy(const config::Settings& settings);

/// Absolute and without "." and "..", whether or not it exists.
std::string absolute_path(const std::string& path);

}  // namespace recover::cli
