// recover cleanup: old data whose time is over and what dead runs left. Shows what it would remove before
// it removes anything; nothing that is still kept is touched without --older-than saying so.
#include "cli/commands/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/documents.hpp"
#include "cli/session.hpp"
#include "core/text/format.hpp"

namespace recover::cli {

namespace {

std::string leftovers_text(const std::vector<run::Leftover>& leftovers, bool is_dry) {
  if (leftovers.empty()) return "Nothing to remove.\n";
  std::vector<std::vector<std::string>> rows{{" RUN", "WHAT", "SIZE", "PATH"}};
  Bytes total;
  for (const auto& leftover : leftovers) {
    rows.push_back(
        {" " + leftover.run, leftover.what, text::bytes(leftover.bytes), text::printable(leftover.path)});
    total += leftover.bytes;
  }
  return text::table(rows) + "\n" + (is_dry ? "Would remove " : "Removed ") + text::bytes(total) + "\n";
}

}  // namespace

Result<Answer> run_cleanup(Session& session) {
  const auto& settings = session.settings();
  const std::int64_t age = settings.is_set("older-than") ? settings.number("older-than") : -1;
  const bool is_dry = settings.flag("dry_run_mode");
  plugin::Catalog* catalog = RECOVER_TRY(session.catalog());
  auto leftovers = RECOVER_TRY(run::cleanup(session.state(), age, true, *catalog, session.host()));
  if (!is_dry && !leftovers.empty()) {
    if (session.terminal().can_ask) write_message(leftovers_text(leftovers, true));
    RECOVER_TRY(confirm("Remove this?", session));
    leftovers = RECOVER_TRY(run::cleanup(session.state(), age, false, *catalog, session.host()));
  }
  return Answer{leftovers_text(leftovers, is_dry), cleanup_json(leftovers, is_dry), ExitCode::ok, {}};
}

}  // namespace recover::cli
