// The doctor of base backups. backup_label says where replay must begin; what must be there from then on is
// counted segment by segment over the whole tree, and what is missing is named. The label itself is never
// touched: a server that does not see it starts without a word and has lost rows.
#include "postgresql/replay/doctor.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/replay/reach.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

/// Of each cluster this much of the log is read by a scan.
constexpr std::uint64_t log_read_by_a_scan = std::uint64_t{512} << 20;

bool is_backup(const Finding& finding) {
  return find_fact(finding.facts, fact::layout) != nullptr && finding.role == Role::database &&
         flag_fact(finding.facts, fact::has_backup_label) &&
         !flag_fact(finding.facts, fact::is_incremental) &&
         text_fact(finding.facts, fact::control_flaw).empty();
}

/// The last segment that replay must read before the data is consistent, where the label or manifest tells.
std::uint64_t last_needed(const WalNeed& need, const WalFiles& files) {
  return need.last ? files.number_of(Lsn{need.last->value - 1}) : files.number_of(need.first);
}

/// "pg_wal, archive" - where the needed segments are; those that are nowhere go into `missing`.
std::string places_of(const WalNeed& need, const GatheredWal& wal, std::vector<std::string>& missing) {
  std::vector<std::string> places;
  for (std::uint64_t number = wal.files.number_of(need.first); number <= last_needed(need, wal.files);
       ++number) {
    const WalFile* file = wal.files.find(number, need.timeline);
    if (file == nullptr) {
      missing.push_back(wal.files.name_of(number, need.timeline));
      continue;
    }
    const std::size_t inside = file->path.find('!');
    const std::string place = inside != std::string::npos ? file->path.substr(0, inside)
                                                          : file->path.substr(0, file->path.rfind('/'));
    if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
  }
  return fmt::format("{}", fmt::join(places, ", "));
}

std::string need_note(const WalNeed& need, const GatheredWal& wal, const std::string& places) {
  const std::string first = wal.files.name_of(wal.files.number_of(need.first), need.timeline);
  const std::string last = wal.files.name_of(last_needed(need, wal.files), need.timeline);
  std::string note = "Its log from " + to_text(need.first);
  note += need.last ? " to " + to_text(*need.last) : " to the end of the backup";
  note += first == last ? " (segment " + first + ")" : " (segments " + first + " to " + last + ")";
  return note + (places.empty() ? " is needed." : " is needed; found in " + places + ".");
}

std::string moment(const std::optional<std::int64_t>& time, const std::optional<std::int64_t>& otherwise) {
  const auto known = time ? time : otherwise;
  return known ? instant_text(*known) : std::string("an unknown time");
}

std::string reach_note(const Reach& reach, std::optional<std::int64_t> backup_time) {
  if (!reach.consistent) {
    return fmt::format(
        "It cannot become consistent: the log ends at {} ({}).", to_text(reach.end),
        reach.missing.empty() ? reach.ended_because : "segment " + reach.missing + " is missing");
  }
  std::string note = fmt::format("Can be brought to any moment from {} ({}) to {} ({}) on timeline {}",
                                 moment(reach.consistent_time, backup_time), to_text(*reach.consistent),
                                 moment(reach.end_time, backup_time), to_text(reach.end), reach.timeline);
  if (reach.goes_on) note += "; the log goes on, it was not read further";
  if (!reach.missing.empty())
    note += ": there segment " + reach.missing + " is missing, though later ones are there";
  return note + ".";
}

/// One line for programs, of words NAME=VALUE.
std::string reach_fact(const Reach& reach) {
  std::string text = fmt::format("timeline={}", reach.timeline);
  if (reach.consistent) text += " from=" + to_text(*reach.consistent);
  const auto add_time = [&](const char* name, const std::optional<std::int64_t>& time) {
    if (!time) return;
    std::string word = instant_text(*time);
    word[word.find(' ')] = 'T';
    text += fmt::format(" {}={}Z", name, word.substr(0, word.find(' ')));
  };
  add_time("from_time", reach.consistent_time);
  text += " to=" + to_text(reach.end);
  add_time("to_time", reach.end_time);
  if (!reach.missing.empty()) text += " missing=" + reach.missing;
  return text;
}

void examine(Finding& finding, const Survey& survey, Tree& tree) {
  const auto need = wal_need(finding, tree);
  const auto identity = wal_identity(finding);
  if (!need || !identity || number_fact(finding.facts, fact::wal_segment_size) == 0) return;
  const GatheredWal wal = gather_wal(finding, survey, tree);
  std::vector<std::string> missing;
  const std::string places = places_of(*need, wal, missing);
  finding.health.notes.push_back(need_note(*need, wal, places));
  std::vector<std::string> intervals;
  const auto backup_time = number_fact(finding.facts, fact::checkpoint_time);
  bool is_consistent = missing.empty();
  if (!wal.only_names && missing.empty()) {
    is_consistent = false;
    for (const Lineage& lineage : lineages_of(*need, wal, tree)) {
      const Reach reach = reach_of(*need, wal, lineage, *identity, tree, log_read_by_a_scan);
      is_consistent = is_consistent || reach.consistent || reach.goes_on;
      finding.health.notes.push_back(reach_note(
          reach, backup_time != 0 ? std::optional<std::int64_t>(backup_time * 1000000) : std::nullopt));
      intervals.push_back(reach_fact(reach));
      if (!reach.consistent && !reach.missing.empty()) missing.push_back(reach.missing);
    }
    set_fact(finding.facts, fact::replay_intervals, intervals);
  }
  if (!missing.empty() && !is_consistent)
    finding.health.notes.push_back(fmt::format("Log segments are missing: {}.", fmt::join(missing, ", ")));
  if (is_consistent || finding.health.state == HealthState::damaged) return;
  finding.health.state = HealthState::incomplete;
  finding.health.summary = "base backup, log missing";
}

}  // namespace

void examine_backups(Survey& survey, Tree& tree) {
  for (Finding& finding : survey.findings) {
    if (finding.engine == "postgresql" && is_backup(finding)) examine(finding, survey, tree);
  }
}

}  // namespace recover::postgresql
