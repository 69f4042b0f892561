// Parts: tablespaces, single database directories and log archives. They are worth a row because a
// cluster elsewhere in the tree may need them; alone none of them can be recovered.
#include "postgresql/part_probe.hpp"

#include "postgresql/catalog_pages.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/layout.hpp"
#include "postgresql/replay/lineage.hpp"
#include "postgresql/wal_page.hpp"
#include "postgresql/wal_position.hpp"
#include "recover/recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

Finding part_of(const Candidate& candidate, std::string kind) {
  Finding finding = finding_of(candidate);
  finding.product = "PostgreSQL";
  finding.kind = std::move(kind);
  finding.role = Role::part;
  return finding;
}

/// The first page of the newest segment that can be read.
struct Segment {
  std::string file;
  std::string name;
  WalPageHeader header;
};

std::optional<Segment> first_readable(Tree& tree, const std::string& directory,
                                      const std::vector<std::string>& files) {
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    const auto head = tree.read_decoded_head(join_path(directory, *file), 40);
    if (!head) continue;
    const WalPageHeader header = parse_wal_page_header(*head);
    if (header.is_long && version_of_wal_magic(header.magic) != nullptr) {
      return Segment{*file, segment_of_file_name(*file), header};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Finding> probe_tablespace(const Candidate& candidate, Tree& tree) {
  Finding finding = part_of(candidate, "tablespace");
  for (const Entry& entry : RECOVER_TRY(tree.list(candidate.path))) {
    const auto name = parse_tablespace_name(entry.name);
    if (!name || entry.type != EntryType::directory) continue;
    finding.version = {name->major, "directory " + entry.name};
    set_fact(finding.facts, fact::major, name->major);
    set_fact(finding.facts, fact::catalog_version, std::int64_t{name->catalog_version});
    const MajorVersion* version = version_of_catalog(name->catalog_version);
    finding.confidence =
        version != nullptr && version->name == name->major ? Confidence::certain : Confidence::probable;
    std::vector<std::string> databases;
    for (const Entry& below : RECOVER_TRY(tree.list(join_path(candidate.path, entry.name)))) {
      if (is_oid(below.name)) databases.push_back(below.name);
    }
    finding.evidence.push_back(fmt::format("{}: {} database directories", entry.name, databases.size()));
    finding.health = {HealthState::unknown, "part of a cluster", {}};
  }
  if (finding.version.text.empty())
    return not_recognised(candidate, "no directory PG_<version>_<catalog version>");
  return finding;
}

Result<Finding> probe_database_directory(const Candidate& candidate, Tree& tree) {
  if (check_relation_map(tree, candidate.path) == MapState::missing) {
    return not_recognised(candidate, "no pg_filenode.map");
  }
  std::string text = RECOVER_TRY(tree.read(join_path(candidate.path, "PG_VERSION"), 0, 64));
  text = text.substr(0, text.find_first_of("\r\n "));
  if (version_named(text) == nullptr) return not_recognised(candidate, "PG_VERSION names no version");
  Finding finding = part_of(candidate, "database directory");
  finding.version = {text, "PG_VERSION"};
  set_fact(finding.facts, fact::major, text);
  finding.confidence = Confidence::probable;
  finding.health = {HealthState::incomplete,
                    "one database without its cluster",
                    {"Without the cluster's global and pg_xact directories no server can open it."}};
  finding.evidence.push_back("PG_VERSION: " + text);
  finding.evidence.emplace_back("pg_filenode.map");
  return finding;
}

Result<Finding> probe_wal_directory(const Candidate& candidate, Tree& tree) {
  std::vector<std::string> files;
  std::vector<std::string> beside;  // what helps where whole segments end
  for (const Entry& entry : RECOVER_TRY(tree.list(candidate.path))) {
    if (entry.type != EntryType::file) continue;
    if (!segment_of_file_name(entry.name).empty()) {
      files.push_back(entry.name);
    } else if (timeline_of_history(entry.name) || entry.name.ends_with(".partial")) {
      beside.push_back(entry.name);
    }
  }
  std::sort(files.begin(), files.end());
  const auto segment = first_readable(tree, candidate.path, files);
  if (!segment) return not_recognised(candidate, "no file begins like a log segment");
  Finding finding = part_of(candidate, "WAL archive");
  const MajorVersion& version = *version_of_wal_magic(segment->header.magic);
  finding.version = {version.name, segment->file};
  finding.identity = std::to_string(segment->header.system_identifier);
  finding.confidence = Confidence::certain;
  set_fact(finding.facts, fact::major, std::string(version.name));
  set_fact(finding.facts, fact::system_identifier, finding.identity);
  set_fact(finding.facts, fact::wal_segment_size, std::int64_t{segment->header.segment_size});
  std::vector<std::string> all = files;
  all.insert(all.end(), beside.begin(), beside.end());
  set_fact(finding.facts, fact::wal_segments, all);
  finding.health = {HealthState::unknown, fmt::format("{} segments", files.size()), {}};
  finding.evidence.push_back(fmt::format("{} .. {}, system identifier {}",
                                         segment_of_file_name(files.front()),
                                         segment_of_file_name(files.back()), finding.identity));
  return finding;
}

}  // namespace recover::postgresql
