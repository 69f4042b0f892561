// From a wish to a stop in the log. The log is read beforehand, as the server will, so a point that it does
// not reach, or reaches before the data is consistent, is refused with the interval that there is instead.
// The server is told through settings of our own; nothing of the source's recovery configuration is used,
// and there is no restore_command: all that it needs is placed in pg_wal.
// Settings: the manual, "Recovery Target"; recovery.conf held them until 11.
#include "postgresql/replay/point.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t longest_name = 63;

/// The wish in the server's words.
struct Target {
  std::string kind;  ///< as replay_fact::kind
  std::string value;
};

Error cannot_use(const char* option, const std::string& value, const std::string& cause) {
  return make_error(recover::errors::usage_invalid, fmt::format("cannot use {} {}", option, value), cause);
}

Result<Target> target_of(const PointWishes& point) {
  if (point.time) {
    const std::string text = instant_text(*point.time);
    return Target{"time", text.substr(0, text.size() - std::string_view(" UTC").size()) + "+00"};
  }
  if (!point.position.empty()) {
    const auto position = parse_lsn(point.position);
    if (!position) return cannot_use("--to-lsn", point.position, "expected a position such as 0/3000060");
    return Target{"lsn", to_text(*position)};
  }
  if (!point.transaction.empty()) {
    if (point.transaction.find_first_not_of("0123456789") != std::string::npos)
      return cannot_use("--to-xid", point.transaction, "expected the number of a transaction");
    return Target{"xid", point.transaction};
  }
  if (point.name.size() > longest_name)
    return cannot_use("--to-name", point.name, "a restore point's name has at most 63 bytes");
  if (!point.name.empty()) return Target{"name", point.name};
  return Target{point.consistent ? "immediate" : "end", {}};
}

std::string words_of(const Target& target, const PointWishes& point, const Reach& reach) {
  std::string words = "the end of the log";
  if (target.kind == "immediate") words = "the first consistent moment";
  if (target.kind == "time") words = instant_text(*point.time);
  if (target.kind == "lsn") words = "log position " + target.value;
  if (target.kind == "xid") words = "transaction " + target.value;
  if (target.kind == "name") words = "restore point \"" + target.value + "\"";
  if (!point.inclusive) words = "right before " + words;
  words += fmt::format(", timeline {}", reach.timeline);
  if (reach.stop) words += fmt::format(", in the log at {}", to_text(*reach.stop));
  return words;
}

/// From where to where the log can bring the cluster, in words.
std::string interval_words(const Reach& reach) {
  const auto place = [](Lsn position, const std::optional<std::int64_t>& time) {
    return to_text(position) + (time ? " (" + instant_text(*time) + ")" : "");
  };
  if (!reach.consistent) return "timeline " + std::to_string(reach.timeline) + " never becomes consistent";
  return fmt::format("timeline {} reaches from {} to {}", reach.timeline,
                     place(*reach.consistent, reach.consistent_time), place(reach.end, reach.end_time));
}

/// Replay to a point is archive recovery, which a crashed cluster only begins behind its own log's end.
bool can_stop_early(const Facts& facts) {
  const std::string state = text_fact(facts, fact::state);
  return flag_fact(facts, fact::has_backup_label) || state == "shut down" ||
         state == "shut down in recovery" || state == "in archive recovery";
}

Result<Lineage> choose_lineage(const std::vector<Lineage>& lineages, const PointWishes& point,
                               std::uint32_t own) {
  std::string known;
  for (const Lineage& lineage : lineages) {
    const std::string number = std::to_string(lineage.newest());
    if (point.timeline == number || (point.timeline == "current" && lineage.newest() == own)) return lineage;
    known += (known.empty() ? "" : ", ") + number;
  }
  if (point.timeline.empty() || point.timeline == "latest") return lineages.back();
  return make_error(errors::timeline_unknown, "timeline " + point.timeline,
                    "the log that was found leads from the backup to timeline " + known);
}

/// All that the server must find in pg_wal: segments up to the point, and every known timeline history, so
/// that the timeline which begins at the point gets a number that nobody has used.
std::vector<std::string> to_place(const GatheredWal& wal, const Lineage& lineage, std::uint64_t first,
                                  std::uint64_t last) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& name, const WalFile& file) {
    const bool is_there = file.is_own && !file.is_partial;
    if (!is_there && file.path.find('!') == std::string::npos) files.push_back(name + "=" + file.path);
  };
  for (std::uint64_t number = first; number <= last; ++number) {
    if (const WalFile* file = wal.files.find(number, lineage))
      add(to_text(file->name, wal.files.segment_size()), *file);
  }
  for (const auto& [timeline, file] : wal.files.histories())
    add(fmt::format("{:08X}.history", timeline), file);
  return files;
}

void note_point(Facts& facts, const Target& target, const PointWishes& point, const Reach& reach,
                std::uint32_t own_timeline) {
  set_fact(facts, point_fact, words_of(target, point, reach));
  set_fact(facts, replay_fact::kind, target.kind);
  set_fact(facts, replay_fact::value, target.value);
  set_fact(facts, replay_fact::inclusive, point.inclusive);
  if (point.time) set_fact(facts, replay_fact::time, *point.time);
  const std::optional<Lsn> stop = target.kind == "end" ? reach.end : reach.stop;
  if (stop) set_fact(facts, replay_fact::stop, to_text(*stop));
  std::vector<std::string> settings;
  if (target.kind == "immediate") {
    settings.emplace_back("recovery_target=immediate");
  } else if (target.kind != "end") {
    settings.push_back("recovery_target_" + target.kind + "=" + target.value);
    settings.push_back(fmt::format("recovery_target_inclusive={}", point.inclusive));
  }
  const bool is_new = Version{text_fact(facts, fact::major), {}}.major() >= 12;
  if (reach.timeline != own_timeline) {
    settings.push_back(fmt::format("recovery_target_timeline={}", reach.timeline));
  } else if (is_new) {  // before, that is what no setting means
    settings.emplace_back("recovery_target_timeline=current");
  }
  settings.emplace_back("recovery_target_action=promote");
  set_fact(facts, replay_fact::settings, settings);
}

/// Why a lineage does not lead to the point; nothing when it does.
std::optional<Error> obstacle(const Target& target, const Reach& reach, const std::string& shown) {
  if (reach.stop && !reach.consistent) {
    return make_error(
        errors::point_too_early, shown,
        fmt::format("the point is at {}, and the data is consistent only later", to_text(*reach.stop)));
  }
  if (!reach.consistent) {
    return make_error(errors::wal_missing, shown,
                      "missing: " + (reach.missing.empty() ? "the end of the backup" : reach.missing))
        .with("segments", std::vector<std::string>{reach.missing});
  }
  const bool may_be_there = target.kind == "xid" && reach.has_prepared;  // the server reads their numbers
  if (reach.stop || may_be_there || (target.kind == "end" && reach.missing.empty())) return std::nullopt;
  std::string cause = interval_words(reach);
  if (!reach.missing.empty()) cause += ", because segment " + reach.missing + " is missing";
  return make_error(errors::point_not_reachable, shown, cause);
}

}  // namespace

bool goes_to_point(const Facts& facts) {
  return !text_fact(facts, point_fact).empty();
}

std::optional<Error> settle_point(const Finding& finding, const PointWishes& point, const Survey& survey,
                                  Tree& tree, Facts& facts) {
  const std::string shown = finding.path.empty() ? "." : finding.path;
  const auto target = target_of(point);
  if (!target) return target.error();
  if (!can_stop_early(finding.facts)) return make_error(errors::point_needs_backup, shown);
  const std::int64_t made = number_fact(finding.facts, fact::checkpoint_time);
  if (point.time && *point.time < made * 1000000)
    return make_error(errors::point_too_early, shown,
                      "its last checkpoint is of " + instant_text(made * 1000000));
  const auto need = wal_need(finding, tree);
  const auto identity = wal_identity(finding);
  if (!need || !identity) return make_error(errors::point_not_reachable, shown, "its log cannot be read");
  const GatheredWal wal = gather_wal(finding, survey, tree);
  const auto lineages = lineages_of(*need, wal, tree);
  const auto lineage = choose_lineage(lineages, point, need->timeline);
  if (!lineage) return lineage.error();
  const Reach reach = reach_of(*need, wal, *lineage, *identity, tree, 0, &point);
  // The control file tells whole seconds; only a transaction in the log that ended before says more exactly
  // that nothing older than the log is newer than the point.
  if (point.time && reach.stop && !reach.end_time && *point.time < (made + 1) * 1000000)
    return make_error(errors::point_too_early, shown, "the backup was begun in that very second");
  if (auto why = obstacle(*target, reach, shown)) {
    for (const Lineage& other : lineages) {
      if (other.newest() == lineage->newest()) continue;
      const Reach there = reach_of(*need, wal, other, *identity, tree, 0, &point);
      if (!obstacle(*target, there, shown))
        why = std::move(*why).advise(fmt::format("Follow timeline {0}: --to-timeline {0}.", there.timeline));
    }
    return why;
  }
  note_point(facts, *target, point, reach, need->timeline);
  set_fact(facts, fact::wal_missing, std::vector<std::string>{});
  set_fact(facts, fact::wal_to_place,
           to_place(wal, *lineage, wal.files.number_of(need->first), reach.last_segment));
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> replay_settings(const Facts& facts) {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const std::string& setting : list_fact(facts, replay_fact::settings)) {
    const std::size_t equals = setting.find('=');
    settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return settings;
}

std::string old_replay_text(const Facts& facts) {
  std::string text =
      "# Written by recover: replay what is in pg_wal to the point that was asked for.\n"
      "restore_command = 'false'\n";
  for (const auto& [name, value] : replay_settings(facts))
    text += fmt::format("{} = {}\n", name, quoted_literal(value));
  return text;
}

}  // namespace recover::postgresql
