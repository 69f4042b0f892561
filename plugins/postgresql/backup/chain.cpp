// An incremental backup names the one that it was taken against by the place in the log where that one began
// ("INCREMENTAL FROM LSN", "INCREMENTAL FROM TLI" in backup_label), and all of them are of one cluster. Names
// and places of directories say nothing, so only that is followed. Reference: the manual, "pg_combinebackup";
// src/bin/pg_combinebackup/pg_combinebackup.c, check_backup_label_files().
#include "postgresql/backup/chain.hpp"

#include "postgresql/backup/file_list.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/wal_need.hpp"
#include "postgresql/wal_position.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace recover::postgresql::backup {

namespace {

bool is_incremental(const Finding& finding) {
  return flag_fact(finding.facts, fact::is_incremental);
}

bool is_predecessor(const Finding& earlier, const Finding& later) {
  const auto same = [&](const char* name) {
    return text_fact(earlier.facts, name) == text_fact(later.facts, name);
  };
  return earlier.engine == later.engine && earlier.role == Role::database &&
         find_fact(earlier.facts, fact::control_flaw) == nullptr && same(fact::system_identifier) &&
         flag_fact(earlier.facts, fact::has_backup_label) &&
         text_fact(earlier.facts, fact::backup_start_wal) == text_fact(later.facts, fact::incremental_from) &&
         number_fact(earlier.facts, fact::backup_start_timeline) ==
             number_fact(later.facts, fact::incremental_timeline);
}

std::string missing_predecessor(const Finding& finding) {
  return fmt::format("the backup of cluster {} that begins at {} on timeline {}",
                     text_fact(finding.facts, fact::system_identifier),
                     text_fact(finding.facts, fact::incremental_from),
                     number_fact(finding.facts, fact::incremental_timeline));
}

/// Names that stand in catalogs of which an incremental backup has only pieces.
void take_names(Finding& finding, const Finding& earlier) {
  if (finding.databases.empty()) finding.databases = earlier.databases;
  for (const char* name : {fact::superuser, fact::database_details, fact::encodings, fact::locales,
                           fact::icu_locales, fact::extensions}) {
    const Value* known = find_fact(earlier.facts, name);
    const Value* own = find_fact(finding.facts, name);
    if (known != nullptr && (own == nullptr || recover::to_text(*own).empty())) set_fact(finding.facts, name, *known);
  }
}

/// The chain from the full backup to `newest`; empty when one is missing, which is noted.
std::vector<Finding> follow(Finding& newest, const Survey& survey) {
  std::vector<Finding> chain{newest};
  while (is_incremental(chain.front())) {
    const Finding& later = chain.front();
    const auto earlier = std::find_if(survey.findings.begin(), survey.findings.end(),
                                      [&](const Finding& one) { return is_predecessor(one, later); });
    const auto own = parse_lsn(text_fact(later.facts, fact::backup_start_wal));
    const auto before = parse_lsn(text_fact(later.facts, fact::incremental_from));
    if (earlier == survey.findings.end() || !own || !before || *before >= *own) {
      set_fact(newest.facts, fact::chain_missing, missing_predecessor(later));
      return {};
    }
    Finding found = *earlier;
    complete_tablespaces(found, survey);
    chain.insert(chain.begin(), std::move(found));
  }
  return chain;
}

}  // namespace

void complete_chain(Finding& finding, const Survey& survey, Tree& tree) {
  if (!is_incremental(finding)) return;
  const std::vector<Finding> chain = follow(finding, survey);
  if (chain.empty()) return;
  std::vector<std::string> data;
  std::vector<std::string> layouts;
  std::vector<std::string> manifests;
  std::vector<std::string> spaces;
  std::uint64_t bytes = chain.front().size.allocated.count;  // the result is about as large as the full one
  for (const Finding& link : chain) {
    const std::string layout = text_fact(link.facts, fact::layout);
    for (const std::string& space : list_fact(link.facts, fact::tablespaces))
      spaces.push_back(fmt::format("{}|{}", data.size(), space));
    data.push_back(text_fact(link.facts, layout == "tar" ? "archive" : fact::data_path));
    layouts.push_back(layout);
    manifests.push_back(manifest_of(link, tree));
    bytes += layout == "tar" ? link.size.logical.count : link.size.allocated.count;
  }
  for (auto link = chain.rbegin() + 1; link != chain.rend(); ++link) take_names(finding, *link);
  set_fact(finding.facts, fact::chain_data, data);
  set_fact(finding.facts, fact::chain_layouts, layouts);
  set_fact(finding.facts, fact::chain_manifests, manifests);
  set_fact(finding.facts, fact::chain_tablespaces, spaces);
  set_fact(finding.facts, fact::chain_bytes, static_cast<std::int64_t>(bytes));
  finding.evidence.push_back(fmt::format("incremental: builds upon {} earlier backups", chain.size() - 1));
}

std::optional<Error> broken_chain(const Finding& finding) {
  if (!is_incremental(finding) || !list_fact(finding.facts, fact::chain_data).empty()) return std::nullopt;
  return make_error(errors::incremental_backup, finding.path.empty() ? "." : finding.path,
                    "nowhere in the source: " + text_fact(finding.facts, fact::chain_missing))
      .with("incremental_from", text_fact(finding.facts, fact::incremental_from));
}

Bytes space_for(const Finding& finding) {
  const std::int64_t chain = number_fact(finding.facts, fact::chain_bytes);
  return chain > 0 ? Bytes{static_cast<std::uint64_t>(chain)} : finding.size.allocated;
}

}  // namespace recover::postgresql::backup
