// What log is needed: from the redo position (or the start in backup_label) to the end of the backup, to
// the minimum recovery position, or as far as it goes. The records are read where the files are at hand;
// inside archives only the names are known. (Rules: access/transam/xlogrecovery.c, StartupXLOG.)
#include "postgresql/wal_need.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/manifest_file.hpp"
#include "recover/recogniser.hpp"

#include <algorithm>

namespace recover::postgresql {

namespace {

std::optional<Lsn> position_fact(const Facts& facts, const char* name) {
  return parse_lsn(text_fact(facts, name));
}

std::optional<WalNeed> need_of(const Facts& facts) {
  WalNeed need;
  need.timeline = static_cast<std::uint32_t>(number_fact(facts, fact::timeline, 1));
  const auto redo = position_fact(facts, fact::redo_lsn);
  if (!redo) return std::nullopt;
  const auto minimum = position_fact(facts, fact::min_recovery_lsn);
  if (const auto start = position_fact(facts, fact::backup_start_wal)) {
    need.first = *start;
    need.timeline = static_cast<std::uint32_t>(number_fact(facts, fact::backup_start_timeline, 1));
    need.last = position_fact(facts, fact::backup_end_wal);
    if (text_fact(facts, fact::backup_from) == "standby") {
      if (!need.last) need.last = minimum;
    } else {
      need.backup_start = *start;
    }
    return need;
  }
  if (const auto start = position_fact(facts, fact::backup_start_lsn)) {
    need.first = *start;
    need.backup_start = *start;
    return need;
  }
  const std::string state = text_fact(facts, fact::state);
  need.first = state == "shut down" ? position_fact(facts, fact::checkpoint_lsn).value_or(*redo) : *redo;
  if (state == "in archive recovery" || state == "shut down in recovery") need.last = minimum;
  return need;
}

/// Log archives of the same cluster, plus a pg_wal.tar beside a tar backup whatever it says.
bool contributes(const Finding& other, const Finding& cluster) {
  if (other.engine != cluster.engine || other.kind != "WAL archive") return false;
  return text_fact(other.facts, fact::system_identifier) == text_fact(cluster.facts, fact::system_identifier);
}

std::string place_of(const Finding& other) {
  const std::string archive = text_fact(other.facts, "archive");
  return archive.empty() ? other.path : archive;
}

void add_names_missing(const WalFiles& files, std::uint64_t from, std::uint64_t to, std::uint32_t timeline,
                       std::vector<std::string>& missing) {
  constexpr std::uint64_t most_named = 1000;
  for (std::uint64_t number = from; number <= to && number - from < most_named; ++number) {
    if (files.find(number, timeline) == nullptr) missing.push_back(files.name_of(number, timeline));
  }
}

void place_from_archives(const WalFiles& files, std::uint64_t from, std::uint64_t to, std::uint32_t timeline,
                         std::vector<std::string>& to_place) {
  for (std::uint64_t number = from; number <= to; ++number) {
    const WalFile* file = files.find(number, timeline);
    if (file == nullptr || file->is_own || file->path.find('!') != std::string::npos) continue;
    to_place.push_back(to_text(file->name, files.segment_size()) + "=" + file->path);
  }
}

/// Reads the records and compares with what is needed.
void read_log(const WalNeed& need, const WalFiles& files, const Finding& finding, Tree& tree,
              std::uint64_t budget, WalVerdict& verdict) {
  const auto identity = wal_identity(finding);
  if (!identity) return;
  const WalWalk walk =
      walk_wal(tree, files, *identity, {need.first, need.timeline, budget, need.backup_start});
  verdict.end = walk.end;
  verdict.end_is_sure = !walk.gave_up && walk.records > 0;
  verdict.end_reason = walk.stopped_because;
  verdict.records = walk.records;
  if (walk.gave_up) return;
  const bool reaches_last = !need.last || walk.end >= *need.last;
  const bool sees_backup_end = !need.backup_start || walk.backup_end.has_value();
  const std::uint64_t stopped_in = files.number_of(walk.end);
  const bool has_hole = walk.segment_missing && files.newest().value_or(0) > stopped_in;
  if (walk.records > 0 && reaches_last && sees_backup_end && !has_hole) return;
  const std::string name = files.name_of(stopped_in, need.timeline);
  if (std::find(verdict.missing.begin(), verdict.missing.end(), name) == verdict.missing.end()) {
    verdict.missing.push_back(name);
  }
}

/// The manifest of a tar backup lies beside base.tar.
std::optional<Lsn> end_from_manifest_beside(const std::string& archive, Tree& tree) {
  const auto manifest = read_backup_manifest(tree, join_path(parent_path(archive), "backup_manifest"));
  if (!manifest || manifest->wal.empty()) return std::nullopt;
  return manifest->wal.back().end;
}

/// Reading a segment out of an archive means reading the archive up to it.
bool can_be_read_again(const std::string& archive, Tree& tree) {
  constexpr std::uint64_t most = std::uint64_t{1} << 30;
  const auto info = tree.info(archive);
  return info && info->size.count <= most;
}

void add_own_of_archive(const Finding& finding, Tree& tree, GatheredWal& wal) {
  const std::string archive = text_fact(finding.facts, "archive");
  const auto directories = list_fact(finding.facts, fact::wal_sources);
  const auto names = list_fact(finding.facts, fact::wal_segments);
  if (archive.empty() || (!names.empty() && !can_be_read_again(archive, tree))) wal.only_names = true;
  const std::string directory = archive + "!" + (directories.empty() ? "" : directories.front());
  for (const std::string& name : names) wal.files.add_file(directory, name, true);
}

}  // namespace

std::optional<WalNeed> wal_need(const Finding& finding, Tree& tree) {
  auto need = need_of(finding.facts);
  if (need && text_fact(finding.facts, fact::layout) == "tar")
    need->last = end_from_manifest_beside(text_fact(finding.facts, "archive"), tree);
  return need;
}

std::optional<WalIdentity> wal_identity(const Finding& finding) {
  const MajorVersion* version = version_named(text_fact(finding.facts, fact::major));
  if (version == nullptr) return std::nullopt;
  return WalIdentity{*version,
                     std::strtoull(text_fact(finding.facts, fact::system_identifier).c_str(), nullptr, 10),
                     static_cast<std::uint32_t>(number_fact(finding.facts, fact::wal_block_size, 8192))};
}

GatheredWal gather_wal(const Finding& finding, const Survey& survey, Tree& tree) {
  GatheredWal wal{
      WalFiles(static_cast<std::uint64_t>(number_fact(finding.facts, fact::wal_segment_size))), {}, false};
  if (text_fact(finding.facts, fact::layout) == "tar") {
    add_own_of_archive(finding, tree, wal);
  } else {
    wal.sources = list_fact(finding.facts, fact::wal_sources);
    for (const std::string& own : wal.sources) wal.files.add_directory(tree, own, true);
  }
  for (const Finding& other : survey.findings) {
    if (!contributes(other, finding)) continue;
    wal.sources.push_back(place_of(other));
    const std::string archive = text_fact(other.facts, "archive");
    if (!archive.empty() && !can_be_read_again(archive, tree)) wal.only_names = true;
    for (const std::string& name : list_fact(other.facts, fact::wal_segments))
      wal.files.add_file(other.path, name, false);
  }
  return wal;
}

WalVerdict judge_wal(const Finding& finding, const Survey& survey, Tree& tree, std::uint64_t budget) {
  WalVerdict verdict;
  const auto need = wal_need(finding, tree);
  if (!need || number_fact(finding.facts, fact::wal_segment_size) == 0) {
    if (text_fact(finding.facts, fact::layout) != "tar")
      verdict.sources = list_fact(finding.facts, fact::wal_sources);
    return verdict;
  }
  const GatheredWal wal = gather_wal(finding, survey, tree);
  const WalFiles& files = wal.files;
  verdict.sources = wal.sources;
  const std::uint64_t first = files.number_of(need->first);
  const std::uint64_t last = need->last ? files.number_of(Lsn{need->last->value - 1}) : first;
  add_names_missing(files, first, std::max(first, last), need->timeline, verdict.missing);
  if (!wal.only_names && verdict.missing.empty()) read_log(*need, files, finding, tree, budget, verdict);
  const std::uint64_t end = verdict.end ? files.number_of(*verdict.end) : std::max(first, last);
  place_from_archives(files, first, end, need->timeline, verdict.to_place);
  return verdict;
}

void complete_tablespaces(Finding& finding, const Survey& survey) {
  std::vector<std::string> present = list_fact(finding.facts, fact::tablespaces);
  std::vector<std::string> missing;
  const std::string directory = parent_path(text_fact(finding.facts, "archive"));
  for (const std::string& space : list_fact(finding.facts, fact::missing_tablespaces)) {
    const std::size_t equals = space.find('=');
    const std::string oid = space.substr(0, equals);
    const std::string original = space.substr(equals + 1);
    std::vector<std::string> fitting;
    for (const Finding& other : survey.findings) {
      if (other.engine != finding.engine || other.kind != "tablespace") continue;
      if (number_fact(other.facts, fact::catalog_version) !=
          number_fact(finding.facts, fact::catalog_version))
        continue;
      const std::string place = place_of(other);
      const std::string name = last_component(place);
      const bool is_its_tar = parent_path(place) == directory && name.starts_with(oid + ".tar");
      if (is_its_tar || (!original.empty() && name == last_component(original)) || name == oid)
        fitting.push_back(place);
    }
    if (fitting.size() == 1) {
      present.push_back(oid + "=" + fitting.front());
    } else {
      missing.push_back(space);
    }
  }
  set_fact(finding.facts, fact::tablespaces, present);
  set_fact(finding.facts, fact::missing_tablespaces, missing);
}

}  // namespace recover::postgresql
