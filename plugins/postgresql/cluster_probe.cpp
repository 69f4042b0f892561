// A data directory, found whole, damaged or as a base backup. States what the files say and judges as
// much as a dozen small reads allow; the log and the pages are looked at in assess.
//
// The exact minor version is in no file of a cluster, so it is never stated: the major comes from
// pg_control's catalog version, which is unique, or from PG_VERSION.
#include "postgresql/cluster_probe.hpp"

#include "postgresql/catalog_pages.hpp"
#include "postgresql/cluster_files.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/layout.hpp"
#include "postgresql/moment.hpp"
#include "postgresql/replay/log_history.hpp"
#include "recover/recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace recover::postgresql {

namespace {

using Number = std::int64_t;

/// Of an unclean cluster this much of the log is read already by the scan, to tell a crash from a bad copy.
constexpr std::uint64_t log_read_by_a_scan = std::uint64_t{64} << 20;

/// A decoy has the names, but neither a database directory nor a control file.
bool is_cluster(const ClusterFiles& files) {
  if (files.has_control_file || files.was_upgraded) return true;
  return !files.databases.empty() && (!files.version_text.empty() || !files.has("PG_VERSION"));
}

void set_version(const ClusterFiles& files, Finding& finding) {
  if (files.control.version != nullptr) {
    finding.version = {files.control.version->name,
                       fmt::format("global/pg_control (catalog version {})", files.control.catalog_version)};
  } else if (!files.version_text.empty()) {
    finding.version = {files.version_text, "PG_VERSION"};
  }
  if (!finding.version.text.empty()) set_fact(finding.facts, fact::major, finding.version.text);
  if (files.control.version != nullptr && !files.version_text.empty() &&
      files.version_text != files.control.version->name) {
    finding.health.notes.push_back(
        fmt::format("PG_VERSION says {}, but global/pg_control belongs to version {}.", files.version_text,
                    files.control.version->name));
  }
}

void set_position_facts(const ControlFile& control, Facts& facts) {
  set_fact(facts, fact::system_identifier, std::to_string(control.system_identifier));
  set_fact(facts, fact::control_version, Number{control.control_version});
  set_fact(facts, fact::catalog_version, Number{control.catalog_version});
  set_fact(facts, fact::state, to_text(control.state));
  if (control.checkpoint.value == 0) return;
  set_fact(facts, fact::checkpoint_lsn, to_text(control.checkpoint));
  set_fact(facts, fact::control_time, control.time);
  if (control.redo.value == 0) return;
  set_fact(facts, fact::redo_lsn, to_text(control.redo));
  set_fact(facts, fact::timeline, Number{control.timeline});
}

void set_control_facts(const ControlFile& control, Facts& facts) {
  if (!control.flaw.empty()) set_fact(facts, fact::control_flaw, control.flaw);
  if (control.status == ControlStatus::damaged) return;
  set_position_facts(control, facts);
  if (!control.architecture.empty()) set_fact(facts, fact::architecture, control.architecture);
  if (control.status != ControlStatus::good) return;
  if (control.min_recovery.value != 0) set_fact(facts, fact::min_recovery_lsn, to_text(control.min_recovery));
  if (control.backup_start.value != 0) set_fact(facts, fact::backup_start_lsn, to_text(control.backup_start));
  set_fact(facts, fact::backup_end_required, control.backup_end_required);
  set_fact(facts, fact::checkpoint_time, control.checkpoint_time);
  set_fact(facts, fact::wal_level, wal_level_text(control.wal_level));
  set_fact(facts, fact::checksums, control.checksum_version != 0);
  set_fact(facts, fact::block_size, Number{control.block_size});
  set_fact(facts, fact::relation_segment_blocks, Number{control.relation_segment_blocks});
  set_fact(facts, fact::wal_block_size, Number{control.wal_block_size});
  set_fact(facts, fact::wal_segment_size, Number{control.wal_segment_size});
  set_fact(facts, fact::max_connections, Number{control.settings.max_connections});
  set_fact(facts, fact::max_worker_processes, Number{control.settings.max_worker_processes});
  if (control.settings.max_wal_senders) {
    set_fact(facts, fact::max_wal_senders, Number{*control.settings.max_wal_senders});
  }
  set_fact(facts, fact::max_prepared_transactions, Number{control.settings.max_prepared_transactions});
  set_fact(facts, fact::max_locks_per_transaction, Number{control.settings.max_locks_per_transaction});
}

void set_backup_facts(const ClusterFiles& files, Facts& facts) {
  set_fact(facts, fact::has_backup_label, files.has("backup_label"));
  set_fact(facts, fact::has_manifest, files.has("backup_manifest"));
  if (files.label) {
    if (!files.label->from.empty()) set_fact(facts, fact::backup_from, files.label->from);
    set_fact(facts, fact::backup_start_wal, to_text(files.label->start));
    set_fact(facts, fact::backup_start_timeline, Number{files.label->start_timeline});
    set_fact(facts, fact::is_incremental, files.label->incremental_from.has_value());
    if (files.label->incremental_from) {
      set_fact(facts, fact::incremental_from, to_text(*files.label->incremental_from));
      set_fact(facts, fact::incremental_timeline, Number{files.label->incremental_timeline});
    }
  }
  if (files.manifest && !files.manifest->wal.empty()) {
    set_fact(facts, fact::backup_end_wal, to_text(files.manifest->wal.back().end));
  }
  std::vector<std::string> signals;
  for (const char* name : {"standby.signal", "recovery.signal", "recovery.conf"}) {
    if (files.has(name)) signals.emplace_back(name);
  }
  set_fact(facts, fact::signal_files, signals);
}

/// Later nobody can list a directory of an archive any more.
std::vector<std::string> file_names(Tree& tree, const std::string& directory) {
  std::vector<std::string> names;
  for (const Entry& entry : tree.list(directory).value_or(std::vector<Entry>())) {
    if (entry.type == EntryType::file) names.push_back(entry.name);
  }
  return names;
}

void set_parts(Tree& tree, const ClusterFiles& files, Finding& finding) {
  std::vector<std::string> present;
  std::vector<std::string> missing;
  for (const Tablespace& space : find_tablespaces(tree, files)) {
    if (space.path) {
      present.push_back(space.oid + "=" + *space.path);
    } else {
      missing.push_back(space.oid + "=" + space.original);
      finding.health.notes.push_back(fmt::format(
          "Tablespace {} ({}) is not in this tree; its tables are missing.", space.oid, space.original));
    }
  }
  set_fact(finding.facts, fact::tablespaces, present);
  set_fact(finding.facts, fact::missing_tablespaces, missing);
  std::vector<std::string> wal;
  if (const auto directory = find_wal_directory(tree, files)) wal.push_back(*directory);
  set_fact(finding.facts, fact::wal_sources, wal);
  if (!tree.is_directory_tree() && !wal.empty())
    set_fact(finding.facts, fact::wal_segments, file_names(tree, wal.front()));
  if (files.version == nullptr) return;
  std::vector<std::string> lost;
  for (const std::string& name : required_directories(*files.version)) {
    if (!tree.has(join_path(files.path, name))) lost.push_back(name);
  }
  set_fact(finding.facts, fact::missing_directories, lost);
  if (!lost.empty()) {
    finding.health.notes.push_back(
        fmt::format("{} empty directories got lost when it was copied.", lost.size()));
  }
}

std::string describe(const DatabaseRow& row) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", row.name, row.oid, row.encoding, row.provider, row.collate,
                     row.ctype, row.locale, row.collation_version);
}

std::vector<std::string> sorted(const std::set<std::string>& words) {
  return {words.begin(), words.end()};
}

void set_database_facts(const std::vector<DatabaseRow>& rows, const ClusterFiles& files, Finding& finding) {
  std::vector<std::string> details;
  std::vector<std::string> lost;
  std::set<std::string> encodings;
  std::set<std::string> locales;
  std::set<std::string> icu;
  for (const DatabaseRow& row : rows) {
    details.push_back(describe(row));
    encodings.insert(row.encoding);
    for (const std::string& locale : {row.collate, row.ctype}) {
      if (!locale.empty()) locales.insert(locale);
    }
    if (row.provider == "icu" && !row.locale.empty()) icu.insert(row.locale);
    if (row.name != "template0" && row.name != "template1") finding.databases.push_back(row.name);
    const std::string oid = std::to_string(row.oid);
    const bool is_there =
        std::find(files.databases.begin(), files.databases.end(), oid) != files.databases.end();
    const bool is_default_space = row.tablespace == 0 || row.tablespace == 1663;
    if (!is_there && is_default_space && row.tablespace != 0) lost.push_back(oid);
    if (row.is_invalid) {
      finding.health.notes.push_back(
          fmt::format("Database \"{}\" was being dropped and is invalid.", row.name));
    }
  }
  set_fact(finding.facts, fact::database_details, details);
  set_fact(finding.facts, fact::missing_databases, lost);
  set_fact(finding.facts, fact::encodings, sorted(encodings));
  set_fact(finding.facts, fact::locales, sorted(locales));
  set_fact(finding.facts, fact::icu_locales, sorted(icu));
}

/// Names out of the catalogs; what cannot be read is left out, since everything else works without.
void set_names(Tree& tree, const ClusterFiles& files, Finding& finding) {
  if (files.control.status != ControlStatus::good || files.version == nullptr) return;
  const CatalogPlace place{tree, files.path, *files.version, files.control.block_size};
  if (check_relation_map(tree, join_path(files.path, "global")) == MapState::damaged) {
    finding.health.notes.emplace_back("global/pg_filenode.map fails its checksum: nobody could connect.");
    finding.health.state = HealthState::damaged;
  }
  if (const auto superuser = read_superuser(place); superuser && !superuser->empty()) {
    set_fact(finding.facts, fact::superuser, *superuser);
  }
  const auto rows = read_databases(place);
  if (!rows) return;
  set_database_facts(*rows, files, finding);
  std::set<std::string> extensions;
  for (const DatabaseRow& row : *rows) {
    for (const std::string& name : read_extensions(place, row.oid).value_or(std::vector<std::string>())) {
      extensions.insert(name);
    }
  }
  set_fact(finding.facts, fact::extensions, sorted(extensions));
}

Health state_health(const ClusterFiles& files) {
  const ControlFile& control = files.control;
  switch (control.status) {
    case ControlStatus::damaged:
      return {HealthState::damaged,
              files.was_upgraded ? "taken over by pg_upgrade" : "control file unusable",
              {"global/pg_control: " + control.flaw}};
    case ControlStatus::unknown_version:
    case ControlStatus::other_architecture:
      return {HealthState::unknown, "another build's files", {"global/pg_control: " + control.flaw}};
    case ControlStatus::good: break;
  }
  if (files.label) {
    return {HealthState::needs_recovery,
            files.label->incremental_from ? "incremental base backup" : "base backup",
            {}};
  }
  switch (control.state) {
    case ClusterState::shut_down: return {HealthState::ok, "shut down cleanly", {}};
    case ClusterState::shut_down_in_recovery: return {HealthState::ok, "standby, shut down cleanly", {}};
    case ClusterState::in_archive_recovery:
      return {HealthState::needs_recovery, "standby, not shut down", {}};
    case ClusterState::shutting_down:
    case ClusterState::in_crash_recovery:
    case ClusterState::in_production: return {HealthState::needs_recovery, "not shut down", {}};
    default: return {HealthState::damaged, "control file in an impossible state", {}};
  }
}

void add_completeness(const ClusterFiles& files, Finding& finding) {
  const bool has_wal = !list_fact(finding.facts, fact::wal_sources).empty();
  if (files.has("backup_label") && !files.label) {
    finding.health.notes.emplace_back("backup_label is there but cannot be understood.");
  }
  if (!files.has("base") || !files.has("global")) {
    finding.health.state = HealthState::damaged;
    finding.health.summary = files.has("global") ? "base is missing" : "global is missing";
  } else if (!has_wal && finding.health.state != HealthState::damaged) {
    finding.health.state = HealthState::incomplete;
    finding.health.summary += ", without its log";
    finding.health.notes.push_back(files.has("pg_wal") || files.has("pg_xlog")
                                       ? "The link to the write-ahead log leads out of this tree."
                                       : "The directory of the write-ahead log is missing.");
  } else if (!list_fact(finding.facts, fact::missing_tablespaces).empty() &&
             finding.health.state != HealthState::damaged) {
    finding.health.state = HealthState::incomplete;
    finding.health.summary += ", tablespaces missing";
  }
  for (const std::string& oid : list_fact(finding.facts, fact::missing_databases)) {
    finding.health.notes.push_back(fmt::format("The directory base/{} of a database is missing.", oid));
  }
}

void add_evidence(const ClusterFiles& files, Finding& finding) {
  const ControlFile& control = files.control;
  if (control.status != ControlStatus::damaged) {
    finding.evidence.push_back(fmt::format("global/pg_control: version {}, checksum right, state \"{}\"",
                                           control.control_version, to_text(control.state)));
  }
  if (files.label)
    finding.evidence.push_back("backup_label: start of the log at " + to_text(files.label->start));
  if (files.has("postmaster.pid") && !files.label) {
    finding.evidence.emplace_back("postmaster.pid: a server used it when it was copied, or was killed");
  }
  if (!files.version_text.empty()) finding.evidence.push_back("PG_VERSION: " + files.version_text);
}

Confidence confidence_of(const ClusterFiles& files) {
  if (files.control.status == ControlStatus::good) return Confidence::certain;
  return files.control.status == ControlStatus::damaged ? Confidence::probable : Confidence::certain;
}

}  // namespace

Result<Finding> probe_data_directory(const Candidate& candidate, Tree& tree) {
  const ClusterFiles files = RECOVER_TRY(read_cluster_files(tree, candidate.path));
  if (!is_cluster(files)) return not_recognised(candidate, "neither a control file nor a database directory");
  Finding finding = finding_of(candidate);
  finding.product = "PostgreSQL";
  finding.kind = files.has("backup_label") || files.has("backup_manifest") ? "base backup" : "data directory";
  finding.health = state_health(files);
  finding.confidence = confidence_of(files);
  if (files.was_upgraded) finding.role = Role::leftover;
  set_version(files, finding);
  set_fact(finding.facts, fact::data_path, candidate.path);
  set_fact(finding.facts, fact::layout, std::string(tree.is_directory_tree() ? "directory" : "tar"));
  set_control_facts(files.control, finding.facts);
  set_backup_facts(files, finding.facts);
  set_parts(tree, files, finding);
  set_names(tree, files, finding);
  add_completeness(files, finding);
  look_for_repairs(tree, files, finding);
  add_evidence(files, finding);
  if (files.control.status != ControlStatus::damaged) {
    finding.identity = std::to_string(files.control.system_identifier);
    finding.content_time = files.control.time;
    if (files.has("backup_label")) set_fact(finding.facts, fact::dated_by, std::string("control file"));
  }
  if (finding.health.state == HealthState::needs_recovery && !files.has("backup_label")) {
    judge_moment(finding, tree, judge_wal(finding, {}, tree, log_read_by_a_scan));
  }
  return finding;
}

}  // namespace recover::postgresql
