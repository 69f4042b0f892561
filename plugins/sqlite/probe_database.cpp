// A database file: what its header says, and whether all of it is here. The dangerous case is silent: a
// database without its -wal opens without complaint and lacks the latest commits, so the companions are
// part of the finding. Only the header and the companions are read.
#include "sqlite/applications.hpp"
#include "sqlite/companions.hpp"
#include "sqlite/header.hpp"
#include "sqlite/probe.hpp"

#include <fmt/format.h>

namespace recover::sqlite {

namespace {

void state_header(Finding& finding, const Header& header) {
  finding.product = "SQLite";
  finding.version = {version_text(header.writer), "header of " + finding.name + ", offset 96 (last writer)"};
  set_fact(finding.facts, "page_size", std::int64_t{header.page_size});
  set_fact(finding.facts, "encoding", encoding_name(header.encoding));
  set_fact(finding.facts, "user_version", std::int64_t{header.user_version});
  set_fact(finding.facts, "write_ahead_log", header.is_wal);
  if (header.pages_are_valid && header.pages != 0) {
    set_fact(finding.facts, "free_percent", std::int64_t{header.free_pages} * 100 / header.pages);
  }
  const std::string application = application_of(header.application_id);
  if (!application.empty()) {
    set_fact(finding.facts, "application", application);
    finding.evidence.push_back(
        fmt::format("application id {:#010x}: {}", header.application_id, application));
  }
  finding.evidence.push_back(fmt::format("SQLite header, pages of {} bytes", header.page_size));
}

void state_companions(Finding& finding, const WriteAheadLog& wal, const Journal& journal) {
  if (wal.exists) {
    finding.size += Size{wal.size, wal.size, 1};
    set_fact(finding.facts, "wal_frames", static_cast<std::int64_t>(wal.committed));
    finding.evidence.push_back(fmt::format("{}-wal: {}{} committed frames", finding.name, wal.committed,
                                           wal.is_cut_short ? "+" : ""));
  }
  if (journal.exists) {
    finding.size += Size{journal.size, journal.size, 1};
    set_fact(finding.facts, "hot_journal", journal.is_hot);
    finding.evidence.push_back(
        fmt::format("{}-journal: {}", finding.name, journal.is_hot ? "hot" : "nothing to roll back"));
  }
}

/// Whether the file is as long as it believes to be; only asked when nothing waits in a companion.
Health judge_size(const Header& header, std::uint64_t size) {
  const std::uint64_t pages = size / header.page_size;
  if (header.pages_are_valid && pages < header.pages) {
    return {
        HealthState::damaged,
        "cut short",
        {fmt::format("The header says {} pages, the file has {}: its end is missing.", header.pages, pages)}};
  }
  if (size % header.page_size != 0) {
    return {HealthState::damaged,
            "no whole number of pages",
            {fmt::format("{} bytes are not a multiple of the page size {}.", size, header.page_size)}};
  }
  if (header.pages_are_valid && pages > header.pages) {
    return {HealthState::torn,
            "longer than its header says",
            {fmt::format(
                "The header says {} pages, the file has {}: a transaction was under way and its -journal is "
                "missing (a few applications also allocate in advance).",
                header.pages, pages)}};
  }
  Health health{HealthState::ok, "no transaction under way", {}};
  if (header.is_wal) {
    health.notes.push_back(
        "It was used with a write-ahead log. A clean close removes that file; if it was lost instead, the "
        "latest changes are missing and nothing in this file can tell.");
  }
  return health;
}

Health judge(const Header& header, const WriteAheadLog& wal, const Journal& journal, std::uint64_t size) {
  if (journal.is_hot) {
    return {HealthState::needs_recovery,
            "hot journal",
            {fmt::format("A transaction was under way: SQLite rolls back to {} pages with the -journal file, "
                         "which must stay beside the database.",
                         journal.pages_before)}};
  }
  if (wal.committed != 0) {
    return {
        HealthState::needs_recovery,
        "changes wait in -wal",
        {fmt::format("{}{} committed frames are only in the -wal file, which must stay beside the database.",
                     wal.is_cut_short ? "At least " : "", wal.committed)}};
  }
  return judge_size(header, size);
}

}  // namespace

Result<Finding> probe_database(const Candidate& candidate, Tree& tree) {
  const EntryInfo info = RECOVER_TRY(tree.info(candidate.path));
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, header_size));
  const std::optional<Header> header = read_header(head);
  if (!header) return not_recognised(candidate, "the bytes behind the magic are not a SQLite header");
  Finding finding = finding_of(candidate);
  finding.confidence = Confidence::certain;
  finding.content_time = info.modified;
  state_header(finding, *header);
  if (!candidate.encoding.empty()) {
    finding.health = {HealthState::unknown, "compressed (" + candidate.encoding + ")", {}};
    return finding;
  }
  const WriteAheadLog wal = read_wal(tree, candidate.path);
  const Journal journal = read_journal(tree, candidate.path);
  state_companions(finding, wal, journal);
  finding.health = judge(*header, wal, journal, info.size.count);
  if (const auto group = group_of(candidate.path, tree)) {
    finding.role = Role::grouped;
    set_fact(finding.facts, "group", group->directory);
    set_fact(finding.facts, "group_kind", group->what);
  }
  return finding;
}

}  // namespace recover::sqlite
