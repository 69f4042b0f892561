// recover restore: the whole thing under an explicit name, and the older wordings of it: `restore cluster
// FILE`, `restore database FILE`, `restore verify FILE --test-restore`.
#include "cli/choices.hpp"
#include "cli/commands/commands.hpp"
#include "cli/recovering.hpp"

namespace recover::cli {

Result<Answer> run_restore(Session& session) {
  std::vector<std::string> words = session.words();
  if (!words.empty() && words.front() == "verify") {
    words.erase(words.begin());
    return run_verify_words(words, session);
  }
  if (session.settings().is_set("resume-from-manifest")) return run_resume(session);
  const bool names_form = !words.empty() && (words.front() == "cluster" || words.front() == "database");
  if (names_form) words.erase(words.begin());
  return run_recover_words(words, session);
}

}  // namespace recover::cli
