// One point at most: two would leave it open which of them the operator means. A time is understood here,
// because its zone is the operator's; what a position or a transaction looks like knows only the engine.
#include "cli/point_choices.hpp"

#include "config/value.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

namespace recover::cli {

namespace {

Error cannot_use(const std::string& option, const std::string& word, const std::string& cause) {
  return make_error(errors::usage_invalid, "cannot use --" + option + " " + text::printable(word), cause);
}

Result<void> check_single(const config::Settings& settings) {
  std::string first;
  for (const char* option : {"to-time", "to-lsn", "to-xid", "to-name", "to-immediate"}) {
    if (!settings.is_set(option)) continue;
    if (!first.empty()) {
      return make_error(errors::usage_invalid, "two points in time are given",
                        "--" + first + " and --" + option + " may lie at different places of the log")
          .advise("Give one of them.");
    }
    first = option;
  }
  if (!first.empty() || !settings.flag("to-exclusive")) return {};
  return make_error(errors::usage_invalid, "cannot use --to-exclusive alone",
                    "it stops right before a point, and none is named");
}

Result<void> check_timeline(const std::string& word) {
  const bool is_number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  if (word.empty() || word == "latest" || word == "current" || is_number) return {};
  return cannot_use("to-timeline", word, "expected latest, current or a number");
}

}  // namespace

Result<PointWishes> point_wishes(const config::Settings& settings) {
  RECOVER_TRY(check_single(settings));
  PointWishes point;
  if (settings.is_set("to-time")) {
    const std::string word = settings.text("to-time");
    point.time = config::parse_instant(word);
    if (!point.time)
      return cannot_use("to-time", word,
                        "expected a time such as \"2026-11-20 03:15:00\", or with a zone, +01");
  }
  point.position = settings.text("to-lsn");
  point.transaction = settings.text("to-xid");
  point.name = settings.text("to-name");
  point.consistent = settings.flag("to-immediate");
  point.inclusive = !settings.flag("to-exclusive");
  point.timeline = settings.text("to-timeline");
  RECOVER_TRY(check_timeline(point.timeline));
  return point;
}

}  // namespace recover::cli
