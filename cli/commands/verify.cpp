// recover verify RUN: the checks of a finished run once more. Verifying a backup by restoring it into a
// throw-away server belongs to a later version and says so, instead of claiming less work as the same.
#include "cli/commands/commands.hpp"
#include "cli/recovering.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <filesystem>

namespace recover::cli {

namespace {

Error restore_test_missing(const std::string& source) {
  return make_error(errors::engine_strategy_unavailable, "cannot verify " + text::printable(source),
                    "restoring a backup into a throw-away server belongs to a later version")
      .leaving("nothing was changed")
      .advise("Look at it with recover scan, or recover it beside what exists; that verifies it.");
}

}  // namespace

Result<Answer> run_verify(Session& session) {
  return run_verify_words(session.words(), session);
}

Result<Answer> run_verify_words(const std::vector<std::string>& words, Session& session) {
  if (words.size() != 1) {
    return make_error(errors::usage_invalid, "recover verify needs one run").advise("recover verify last");
  }
  const std::string& word = words.front();
  const bool is_path = word.find('/') != std::string::npos || std::filesystem::exists(word);
  if (is_path || session.settings().flag("restore-test")) return restore_test_missing(word);
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  const std::string run = RECOVER_TRY(run::find_run(word, session.state()));
  Report report =
      RECOVER_TRY(run::verify_again(run, session.settings().text("verify.level"), session.state(), *catalog,
                                    session.host(), session.progress(), session.cancel()));
  session.progress().end();
  return answer_of_report(std::move(report), session);
}

}  // namespace recover::cli
