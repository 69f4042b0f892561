// recover rollback RUN: the old data back in its place.
#include "cli/commands/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/recovering.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

Result<Answer> run_rollback(Session& session) {
  if (session.words().size() != 1) {
    return make_error(errors::usage_invalid, "recover rollback needs one run")
        .advise("recover rollback last");
  }
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const std::string run = RECOVER_TRY(run::find_run(session.words().front(), session.state()));
  RECOVER_TRY(confirm("Put the old data of run " + run + " back?", session));
  Report report = RECOVER_TRY(
      run::rollback(run, session.state(), *catalog, session.host(), session.progress(), session.cancel()));
  session.progress().end();
  return answer_of_report(std::move(report), session);
}

}  // namespace recover::cli
