// recover rollback RUN [DB...]: the old data back in its place, of the whole run or of single databases.
#include "cli/commands/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/recovering.hpp"
#include "core/run/records.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

Result<Answer> run_rollback(Session& session) {
  if (session.words().empty()) {
    return make_error(errors::usage_invalid, "recover rollback needs a run")
        .advise("recover rollback last, or recover rollback last pg-1 for one database of it.");
  }
  const std::vector<std::string> only(session.words().begin() + 1, session.words().end());
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const std::string run = RECOVER_TRY(run::find_run(session.words().front(), session.state()));
  std::string what = only.empty() ? "run " + run : "";
  for (const auto& word : only) what += (what.empty() ? "" : ", ") + text::printable(word);
  RECOVER_TRY(confirm("Put the old data of " + what + " back?", session));
  const run::RunName name{run, run::load_status({session.state().run(run)}).source};
  Report report = RECOVER_TRY(between_hooks(name, session, [&] {
    return run::rollback(run, only, session.state(), *catalog, session.host(), session.progress(),
                         session.cancel());
  }));
  return answer_of_run(std::move(report), session);
}

}  // namespace recover::cli
