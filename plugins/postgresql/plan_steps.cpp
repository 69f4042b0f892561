// What is copied, what is left behind and what is added (reference: the documentation's chapter "Making a
// base backup using the low level API" and src/backend/backup/basebackup.c for what a copy must not
// contain). Left behind are only files a server rebuilds; backup_label, prepared transactions, WAL and
// init forks are always taken. Files that would steer the server are kept under another name.
#include "postgresql/plan_steps.hpp"

#include "postgresql/backup/chain_steps.hpp"
#include "postgresql/backup/listed_inspector.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/layout.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/replay/point.hpp"
#include "postgresql/versions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

const MajorVersion& version_of(const Plan& plan) {
  const MajorVersion* version = version_named(text_fact(plan.facts, fact::major));
  return version != nullptr ? *version : major_versions().back();
}

bool is_archive(const SourceParts& parts) {
  return text_fact(parts.plan.facts, fact::layout) == "tar";
}

std::string data_path(const SourceParts& parts) {
  return text_fact(parts.plan.facts, fact::data_path);
}

/// What the inspector must know of this backup.
Facts inspection(const SourceParts& parts, const std::string& below) {
  return inspection_facts(parts.plan, text_fact(parts.plan.facts, plan_fact::manifest_copy), below);
}

UnpackArchive inspected_unpacking(const SourceParts& parts, const std::string& from, const std::string& to,
                                  const std::string& below) {
  UnpackArchive unpack{source_root(parts), from, to, parts.plan.target.run_as};
  unpack.inspect = true;
  unpack.inspect_facts = inspection(parts, below);
  return unpack;
}

/// A copy of relation files, whose pages are checked on the way.
CopyTree inspected_copy_of(const SourceParts& parts, const std::string& from, const std::string& to) {
  CopyTree copy = copy_of(parts, from, to);
  copy.inspect = true;
  copy.inspect_facts = inspection(parts, "");
  return copy;
}

CopyTree data_copy(const SourceParts& parts) {
  CopyTree copy = inspected_copy_of(parts, data_path(parts), staged_data(parts.plan.target));
  copy.exclude.insert(copy.exclude.end(), {"postmaster.pid", "postmaster.opts", "current_logfiles", "log",
                                           "pg_log", "*.pid", "base/*/t[0-9]*_[0-9]*"});
  copy.empty = {"pg_dynshmem", "pg_notify",   "pg_serial",   "pg_snapshots",
                "pg_stat_tmp", "pg_subtrans", "pg_replslot", "pg_tblspc"};
  if (const auto entries = parts.tree.list(data_path(parts))) {
    for (const Entry& entry : *entries) {
      if (entry.type != EntryType::file) continue;
      if (steers_server(entry.name) || entry.name == "tablespace_map") {
        copy.rename.emplace_back(entry.name, entry.name + kept_suffix);
      }
    }
  }
  copy.last = {"global/pg_control"};
  return copy;
}

CopyTree tablespace_copy(const SourceParts& parts, const TablespaceMove& move) {
  CopyTree copy = inspected_copy_of(parts, move.from, move.to);
  copy.inspect_facts = inspection(parts, "pg_tblspc/" + move.oid);
  const std::string ours = tablespace_directory(version_of(parts.plan));
  if (const auto entries = parts.tree.list(move.from)) {
    for (const Entry& entry : *entries) {
      if (entry.name != ours) copy.exclude.push_back(entry.name);  // another major's, or nobody's
    }
  }
  return copy;
}

/// The directory that holds this cluster's WAL when its own pg_wal is a link or is not there.
std::string outside_wal(const SourceParts& parts) {
  const std::string own = join_path(data_path(parts), wal_directory(version_of(parts.plan)));
  if (is_archive(parts) || parts.tree.has_directory(own)) return {};
  for (const std::string& source : list_fact(parts.plan.facts, fact::wal_sources)) {
    if (source != own && parts.tree.has_directory(source)) return source;
  }
  return {};
}

void add_archives(std::vector<Step>& steps, const SourceParts& parts) {
  if (backup::is_chain(parts.plan)) {
    for (Step& one : backup::chain_steps(parts)) steps.push_back(std::move(one));
    return;
  }
  if (is_archive(parts)) {
    steps.push_back(step("unpack", "unpack " + data_path(parts),
                         inspected_unpacking(parts, data_path(parts), staged_data(parts.plan.target), "")));
    steps.push_back(step("set_aside", "keep the source's settings under other names",
                         EngineCall{"set_aside_settings", {}}));
  }
  for (const TablespaceMove& move : parts.tablespaces) {
    if (!move.is_archive) continue;
    steps.push_back(step("unpack-" + move.oid, "unpack tablespace " + move.from + " to " + move.to,
                         inspected_unpacking(parts, move.from, move.to, "pg_tblspc/" + move.oid)));
    if (move.chosen) continue;
    steps.back().undo = UndoNothing{};  // below the run's own directory, which is removed as a whole
  }
}

void add_wal(std::vector<Step>& steps, const SourceParts& parts) {
  const std::string own = join_path(data_path(parts), wal_directory(version_of(parts.plan)));
  const std::string to = staged_data(parts.plan.target) + "/" + wal_directory(version_of(parts.plan));
  const std::string root = source_root(parts);
  int number = 0;
  for (const std::string& source : list_fact(parts.plan.facts, fact::wal_sources)) {
    if (source == own || !parts.tree.has_file(source)) continue;
    steps.push_back(step("wal_archive" + (number == 0 ? "" : "-" + std::to_string(number)),
                         "unpack write-ahead log from " + source,
                         UnpackArchive{root, source, to, parts.plan.target.run_as}));
    ++number;
  }
  PlaceFiles place;
  place.source_root = root;
  place.owner = parts.plan.target.run_as;
  for (const std::string& entry : list_fact(parts.plan.facts, fact::wal_to_place)) {
    const std::size_t equals = entry.find('=');
    place.files.emplace_back(entry.substr(equals + 1), to + "/" + entry.substr(0, equals));
  }
  if (place.files.empty()) return;
  steps.push_back(
      step("wal_segments", fmt::format("add {} write-ahead log segments", place.files.size()), place));
}

void add_tablespace_links(std::vector<Step>& steps, const SourceParts& parts) {
  const std::string data = staged_data(parts.plan.target);
  const std::string owner = parts.plan.target.run_as;
  for (const TablespaceMove& move : parts.tablespaces) {
    steps.push_back(step("link-" + move.oid, "link tablespace " + move.oid + " to " + move.to,
                         MakeLink{data + "/pg_tblspc/" + move.oid, move.to, owner}));
  }
  const bool has_map =
      is_archive(parts) || parts.tree.has_file(join_path(data_path(parts), "tablespace_map"));
  if (has_map && !parts.tablespaces.empty() && flag_fact(parts.plan.facts, fact::has_backup_label)) {
    steps.push_back(step("tablespace_map", "write the new places into tablespace_map",
                         WriteFile{data + "/tablespace_map", tablespace_map_text(parts.tablespaces), owner}));
  }
  for (const TablespaceMove& move : parts.tablespaces) {
    steps.push_back(step("sync-" + move.oid, "make tablespace " + move.oid + " durable", SyncTree{move.to}));
  }
}

void add_configuration(std::vector<Step>& steps, const SourceParts& parts) {
  const Plan& plan = parts.plan;
  const std::string data = staged_data(plan.target);
  const std::string& owner = plan.target.run_as;
  steps.push_back(
      step("configuration", "write a private configuration",
           WriteFile{data + "/postgresql.conf",
                     configuration_text(plan, final_sockets(plan.target), parts.carried), owner}));
  steps.push_back(
      step("access", "write private access rules", WriteFile{data + "/pg_hba.conf", access_text(), owner}));
  steps.push_back(step("identities", "write an empty user map",
                       WriteFile{data + "/pg_ident.conf", identity_text(), owner}));
}

/// A standby's directory without a label: only archive recovery insists on the minimum recovery point.
/// With a label, or after a crash, the server knows by itself what to do.
void add_recovery(std::vector<Step>& steps, const Plan& plan) {
  const std::string data = staged_data(plan.target);
  const bool old = Version{text_fact(plan.facts, fact::major), {}}.major() < 12;
  if (goes_to_point(plan.facts)) {
    steps.push_back(
        step("signal", "have the server stop its replay at " + text_fact(plan.facts, point_fact),
             old ? WriteFile{data + "/recovery.conf", old_replay_text(plan.facts), plan.target.run_as}
                 : WriteFile{data + "/recovery.signal", "", plan.target.run_as}));
    return;
  }
  const std::string state = text_fact(plan.facts, fact::state);
  const bool standby = state == "shut down in recovery" || state == "in archive recovery";
  const bool backup_under_way = flag_fact(plan.facts, fact::backup_end_required) ||
                                find_fact(plan.facts, fact::backup_start_lsn) != nullptr;
  if (!standby || backup_under_way || flag_fact(plan.facts, fact::has_backup_label)) return;
  steps.push_back(step("signal", "have the server insist on its minimum recovery point",
                       old ? WriteFile{data + "/recovery.conf", old_recovery_text(), plan.target.run_as}
                           : WriteFile{data + "/recovery.signal", "", plan.target.run_as}));
}

}  // namespace

std::string source_root(const SourceParts& parts) {
  const std::string root = parts.tree.describe("");
  return root.size() > 1 && root.ends_with('/') ? root.substr(0, root.size() - 1) : root;
}

Step step(std::string id, std::string title, Action action) {
  return {std::move(id), "staged", std::move(title), std::move(action), UndoNothing{}, {}};
}

CopyTree copy_of(const SourceParts& parts, const std::string& from, const std::string& to) {
  CopyTree copy;
  copy.source_root = source_root(parts);
  copy.from = from;
  copy.to = to;
  copy.exclude = {"*pg_internal.init*", "*pgsql_tmp*", "lost+found", ".snapshot"};
  copy.owner = parts.plan.target.run_as;
  return copy;
}

Facts inspection_facts(const Plan& plan, const std::string& manifest, const std::string& below) {
  Facts facts;
  for (const char* name : {fact::block_size, fact::relation_segment_blocks, fact::checksums}) {
    if (const Value* value = find_fact(plan.facts, name)) set_fact(facts, name, *value);
  }
  if (!manifest.empty()) facts.push_back({backup::inspect_fact::manifest, manifest});
  if (!manifest.empty() && !below.empty()) facts.push_back({backup::inspect_fact::below, below});
  return facts;
}

std::vector<CopyTree> copy_parts(const SourceParts& parts) {
  std::vector<CopyTree> copies;
  const bool is_chain = backup::is_chain(parts.plan);
  if (is_chain) {
    copies = backup::chain_copies(parts);
  } else if (!is_archive(parts)) {
    copies.push_back(data_copy(parts));
  }
  if (const std::string wal = outside_wal(parts); !wal.empty()) {
    const std::string data = is_chain ? backup::newest_of_chain(parts.plan) : staged_data(parts.plan.target);
    copies.push_back(copy_of(parts, wal, data + "/" + wal_directory(version_of(parts.plan))));
  }
  for (const TablespaceMove& move : parts.tablespaces) {
    if (!move.is_archive && !is_chain) copies.push_back(tablespace_copy(parts, move));
  }
  const std::string run_directory = parts.wishes.state_directory + "/runs/" + parts.plan.run;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    copies[i].manifest = fmt::format("{}/copy-{}-{}.manifest", run_directory, parts.plan.id, i);
  }
  return copies;
}

std::vector<std::string> manifests_of(const std::vector<CopyTree>& copies) {
  std::vector<std::string> entries;
  for (const CopyTree& copy : copies) entries.push_back(copy.manifest + "|" + copy.to);
  return entries;
}

std::optional<Step> place_manifest(const SourceParts& parts) {
  const std::string copy = text_fact(parts.plan.facts, plan_fact::manifest_copy);
  if (copy.empty()) return std::nullopt;
  PlaceFiles place;
  place.source_root = source_root(parts);
  place.files = {{text_fact(parts.plan.facts, fact::manifest), copy}};
  if (backup::is_chain(parts.plan)) place.files = backup::chain_manifests(parts.plan);
  Step first = step("manifest", "take the list of the backup's files along", place);
  first.phase = "found";
  return first;
}

std::vector<Step> complete_copy(const SourceParts& parts, const std::vector<std::string>& locales) {
  const Plan& plan = parts.plan;
  std::vector<Step> steps;
  add_archives(steps, parts);
  steps.push_back(step("skeleton", "make the directories that a server insists on",
                       MakeDirectories{staged_data(plan.target), required_directories(version_of(plan)),
                                       plan.target.run_as, 0700}));
  add_wal(steps, parts);
  add_tablespace_links(steps, parts);
  if (const std::string manifest = text_fact(plan.facts, plan_fact::manifest_copy);
      !manifest.empty() && !backup::is_chain(plan)) {
    steps.push_back(
        step("complete", "find every file of the backup's list in the copy",
             EngineCall{"check_manifest", {{"manifest", manifest}, {"root", staged_data(plan.target)}}}));
  }
  add_configuration(steps, parts);
  add_recovery(steps, plan);
  if (!locales.empty()) {
    steps.push_back(step("locales", "build the locales that this machine lacks",
                         EngineCall{"build_locales", {{"names", locales}}}));
  }
  return steps;
}

}  // namespace recover::postgresql
