// Whether a stream will do is asked from the engines: what they cannot recover from a stream they say so of,
// and what blocks them may be only that they see a stream (an archive without its end). Then a file has to be
// made of it, and the person is told.
#include "cli/stored_input.hpp"

#include "cli/scanning.hpp"
#include "core/scan/stream_tree.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <algorithm>

namespace recover::cli {

namespace {

bool is_blocked(const Assessment& assessment) {
  return std::any_of(assessment.options.begin(), assessment.options.end(),
                     [](const Option& option) { return option.blocked.has_value(); });
}

Result<bool> needs_file(const Request& request, Session& session) {
  const config::Settings& settings = session.settings();
  if (settings.flag("validate-first") || settings.flag("restore-test")) return true;
  if (RECOVER_TRY(scan::is_archive_on_stream(session.cancel()))) return true;
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const scan::Outcome outcome = RECOVER_TRY(scan_source(request, session));
  const auto tree = RECOVER_TRY(scan::open_tree(request.source, session.cancel()));
  for (const Finding& finding : outcome.survey.findings) {
    const auto engine = catalog->engine(finding.engine);
    if (!engine) continue;
    const auto assessed = (*engine)->assess(finding, outcome.survey, {}, *tree, session.host());
    if (assessed && is_blocked(*assessed)) return true;
  }
  return false;
}

}  // namespace

Result<std::optional<run::Spool>> store_input(Request& request, Session& session) {
  std::optional<run::Spool> spool;
  if (request.source != scan::standard_input || !RECOVER_TRY(needs_file(request, session))) return spool;
  const run::StateDirectory state = session.state();
  session.warn("standard input must be read with jumps or twice: it is stored below " + state.path +
               "/spool");
  spool.emplace(RECOVER_TRY(run::Spool::fill(state, session.host(), session.progress(), session.cancel())));
  session.progress().end();
  session.warn("stored " + text::bytes(spool->size()) + " in " + spool->path() +
               "; it is removed at the end");
  request.source = spool->path();
  return spool;
}

void keep_after_failure(std::optional<run::Spool>& stored, const Result<Answer>& answer, Session& session) {
  const bool failed = !answer || answer->exit != ExitCode::ok;
  if (!stored || !failed || !session.settings().flag("keep-temp")) return;
  session.warn("standard input is kept in " + stored->keep() + " until recover cleanup");
}

}  // namespace recover::cli
