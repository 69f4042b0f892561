// The advice that goes round when a restored backup does not start - remove backup_label, run pg_resetwal -
// makes it start, and rows are gone without a word. Two things remain of it. A backup_manifest lists the
// label that is no longer there (a server that reads it keeps it as backup_label.old). And the log that
// pg_resetwal writes begins with a checkpoint that has no record before it (bin/pg_resetwal/pg_resetwal.c,
// WriteEmptyXLOG), which else only initdb's very first segment does; it is seen until that segment is
// recycled. pg_upgrade uses pg_resetwal on its new, empty cluster, so that alone proves no damage.
#include "postgresql/replay/log_history.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/wal_page.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::uint64_t first_segment = 1;  // initdb's; 0 is never used
constexpr std::size_t record_header = 24;

/// Where the oldest segment's log was begun out of nothing; nothing when it continues another.
std::optional<Lsn> beginning_of_log(Tree& tree, const std::string& directory, std::uint64_t segment_size) {
  std::string oldest;
  for (const Entry& entry : tree.list(directory).value_or(std::vector<Entry>())) {
    const bool is_older = oldest.empty() || entry.name.substr(8) < oldest.substr(8);
    if (is_segment_name(entry.name) && is_older) oldest = entry.name;
  }
  const auto name = parse_segment_name(oldest, segment_size);
  if (!name || name->number <= first_segment) return std::nullopt;
  const auto head = tree.read(join_path(directory, oldest), 0, long_wal_header + record_header);
  if (!head || head->size() < long_wal_header + record_header) return std::nullopt;
  const WalPageHeader page = parse_wal_page_header(*head);
  const bool is_this_page = page.is_long && page.address.value == name->number * segment_size;
  if (!is_this_page || (page.info & WalPageHeader::first_is_continued) != 0) return std::nullopt;
  Decoder record(*head, long_wal_header);
  const std::uint32_t length = record.little32();
  record.skip(4);
  const std::uint64_t before = record.little64();
  if (length < record_header || before != 0) return std::nullopt;
  return page.address;
}

}  // namespace

void look_for_repairs(Tree& tree, const ClusterFiles& files, Finding& finding) {
  const auto segment_size = static_cast<std::uint64_t>(number_fact(finding.facts, fact::wal_segment_size));
  if (segment_size == 0) return;
  if (files.manifest && files.manifest->lists_label && !files.has("backup_label") &&
      !files.has("backup_label.old")) {
    set_fact(finding.facts, fact::label_removed, true);
    finding.health.state = HealthState::torn;
    finding.health.summary = "base backup, its backup_label gone";
    finding.health.notes.emplace_back(
        "backup_manifest lists backup_label, but it is gone: a server would start, and what was "
        "changed while the backup was made would be lost without a word.");
  }
  if (const auto directory = find_wal_directory(tree, files)) {
    const auto begun = beginning_of_log(tree, *directory, segment_size);
    if (!begun) return;
    set_fact(finding.facts, fact::log_reset_at, to_text(*begun));
    finding.health.notes.push_back(fmt::format(
        "Its log was begun anew at {} (pg_resetwal; pg_upgrade does so too): what was in the log before is "
        "lost, and tables and indexes may disagree. Look at it with --verify full.",
        to_text(*begun)));
  }
}

Check check_history(const Facts& facts) {
  Check check{"log_history",
              "nobody has repaired it by force before",
              Verdict::passed,
              "no sign of a lost backup_label or a reset log",
              {},
              {}};
  const std::string reset = text_fact(facts, fact::log_reset_at);
  const bool is_removed = flag_fact(facts, fact::label_removed);
  if (reset.empty() && !is_removed) return check;
  check.verdict = Verdict::warning;
  check.evidence = is_removed ? "the base backup has lost its backup_label" : "";
  if (!reset.empty())
    check.evidence +=
        (is_removed ? "; " : "") +
        fmt::format("the log was begun anew at {} (pg_resetwal; pg_upgrade does so too)", reset);
  check.evidence += ": committed rows may be missing and deleted ones back";
  return check;
}

}  // namespace recover::postgresql
