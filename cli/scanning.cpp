// One scan for all commands. In a tree, one broken archive among other things is a line in the answer; a
// SOURCE that is itself the broken archive is the answer.
#include "cli/scanning.hpp"

#include "cli/observing.hpp"

#include "recover/errors.hpp"

#include <algorithm>
#include <filesystem>

namespace recover::cli {

namespace {

/// How grave an error of the source is; security before damage before reading.
int gravity(const Error& error) {
  switch (error.exit) {
    case ExitCode::security: return 3;
    case ExitCode::verification_failed: return 2;
    case ExitCode::source_read:
    case ExitCode::connection: return 1;
    default: return 0;
  }
}

bool is_wanted(const Finding& finding, const Request& request) {
  const auto& engines = request.engines;
  return engines.empty() || std::find(engines.begin(), engines.end(), finding.engine) != engines.end();
}

}  // namespace

Result<scan::Outcome> scan_source(const Request& request, Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const scan::Options options = scan_options(request, session.settings());
  scan::Outcome outcome = RECOVER_TRY(scan::scan(options, *catalog, session.progress(), session.cancel()));
  session.progress().end();
  tell_findings(outcome, session);
  return outcome;
}

void keep_wanted(scan::Outcome& outcome, const Request& request) {
  std::erase_if(outcome.survey.findings, [&](const Finding& one) { return !is_wanted(one, request); });
}

const Error* error_of_source(const std::string& source, const scan::Outcome& outcome) {
  std::error_code ignored;
  if (outcome.errors.empty() || std::filesystem::is_directory(source, ignored)) return nullptr;
  const auto worst = std::max_element(outcome.errors.begin(), outcome.errors.end(),
                                      [](const Error& a, const Error& b) { return gravity(a) < gravity(b); });
  return gravity(*worst) > 0 ? &*worst : nullptr;
}

Error nothing_found(const Request& request, Session& session) {
  std::string looked_for;
  if (auto catalog = session.catalog()) {
    for (const auto& manifest : (*catalog)->manifests()) {
      const bool is_asked_for =
          request.engines.empty() ||
          std::find(request.engines.begin(), request.engines.end(), manifest.engine) != request.engines.end();
      if (is_asked_for) looked_for += (looked_for.empty() ? "" : ", ") + manifest.product;
    }
  }
  return make_error(errors::scan_nothing_found, "found no database in " + request.source,
                    "looked for data directories, dumps and backups of " + looked_for)
      .with("path", request.source);
}

}  // namespace recover::cli
