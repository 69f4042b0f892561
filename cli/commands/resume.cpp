// recover resume: continues an interrupted run, named by id, by the beginning of one, or by its manifest.
#include "cli/commands/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/observing.hpp"
#include "cli/recovering.hpp"
#include "core/run/records.hpp"
#include "core/run/restore_manifest.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

namespace {

Result<std::string> run_of_file(const std::string& file, Session& session) {
  auto content = session.host().files().read(absolute_path(file));
  if (!content) {
    return make_error(errors::run_not_found, "cannot read the manifest " + text::printable(file),
                      content.error().cause);
  }
  return run::run_of_manifest(*content, session.state());
}

Result<std::string> wanted_run(Session& session) {
  std::string manifest = session.settings().text("resume-from-manifest");
  const std::string word = session.words().empty() ? "last" : session.words().front();
  if (manifest.empty() && word.ends_with(".json")) manifest = word;
  if (!manifest.empty()) return run_of_file(manifest, session);
  return run::find_run(word, session.state());
}

}  // namespace

Result<Answer> run_resume(Session& session) {
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const std::string wanted = RECOVER_TRY(wanted_run(session));
  const std::string run = RECOVER_TRY(run::find_run(wanted, session.state()));
  RECOVER_TRY(confirm("Continue run " + run + "?", session));
  const run::RunName name{run, run::load_status({session.state().run(run)}).source};
  Report report = RECOVER_TRY(between_hooks(name, session, [&] {
    return run::resume(run, policy_of(session), session.state(), *catalog, session.host(), session.progress(),
                       observer_of(session), session.cancel());
  }));
  return answer_of_run(std::move(report), session);
}

}  // namespace recover::cli
