// Data roots of a server, and parts of one. No file of 1.x names the server's version, so it is given as
// the series that the layout proves and never guessed further.
#include "influxdb/metadata.hpp"
#include "influxdb/probe.hpp"
#include "influxdb/shards.hpp"
#include "recover/decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::influxdb {

namespace {

constexpr std::size_t metadata_size = 4U << 20U;
constexpr std::uint32_t bolt_magic = 0xed0cdaedU;

Finding begin(const Candidate& candidate, const char* series, const char* read_from) {
  Finding finding = finding_of(candidate);
  finding.product = "InfluxDB";
  finding.version = {series, read_from};
  finding.confidence = Confidence::certain;
  return finding;
}

Health judge(const Shards& shards) {
  if (!shards.flaws.empty()) return {HealthState::damaged, "damaged shard files", shards.flaws};
  return {HealthState::ok, "heads and footers right", {"Block checksums were not computed."}};
}

void state_shards(Finding& finding, const Shards& shards) {
  set_fact(finding.facts, "shards", static_cast<std::int64_t>(shards.shards));
  set_fact(finding.facts, "tsm_files", static_cast<std::int64_t>(shards.files));
  finding.content_time = std::max(finding.content_time, shards.newest);
  finding.evidence.push_back(fmt::format("{} shards with {} TSM files", shards.shards, shards.files));
  finding.health = judge(shards);
}

/// Databases that lie on disk but are unknown to the metadata stay invisible in a server.
void compare_databases(Finding& finding, const Shards& shards) {
  for (const std::string& found : shards.directories) {
    const auto& known = finding.databases;
    if (std::find(known.begin(), known.end(), found) != known.end()) continue;
    finding.health.notes.push_back("meta.db does not know the database " + found + ", which has shards.");
    if (finding.health.state == HealthState::ok) finding.health.state = HealthState::incomplete;
  }
}

Result<Metadata> read_metadata(const Candidate& candidate, Tree& tree, const std::string& path) {
  const std::string bytes = RECOVER_TRY(tree.read(path, 0, metadata_size));
  auto metadata = parse_metadata(bytes);
  if (!metadata) return not_recognised(candidate, last_component(path) + " is not the metadata of InfluxDB");
  return std::move(*metadata);
}

}  // namespace

Result<Finding> probe_root_1(const Candidate& candidate, Tree& tree) {
  Metadata metadata = RECOVER_TRY(read_metadata(candidate, tree, join_path(candidate.path, "meta/meta.db")));
  Finding finding = begin(candidate, "1.x", "meta/meta.db; no file of 1.x names more");
  finding.databases = std::move(metadata.databases);
  finding.evidence.push_back(fmt::format("meta/meta.db: {} databases, {} retention policies",
                                         finding.databases.size(), metadata.retention_policies));
  const Shards shards = look_through(tree, join_path(candidate.path, "data"));
  state_shards(finding, shards);
  compare_databases(finding, shards);
  if (!tree.has_directory(join_path(candidate.path, "wal"))) {
    finding.health.notes.emplace_back("There is no wal directory: the latest points may be missing.");
  }
  return finding;
}

Result<Finding> probe_meta_alone(const Candidate& candidate, Tree& tree) {
  Metadata metadata = RECOVER_TRY(read_metadata(candidate, tree, join_path(candidate.path, "meta.db")));
  if (metadata.databases.empty()) return not_recognised(candidate, "meta.db names no database");
  Finding finding = begin(candidate, "1.x", "meta.db; no file of 1.x names more");
  finding.role = Role::part;
  finding.databases = std::move(metadata.databases);
  finding.health = {HealthState::incomplete, "metadata without data", {}};
  finding.evidence.emplace_back("meta.db parses as the metadata of InfluxDB 1.x");
  return finding;
}

Result<Finding> probe_shard(const Candidate& candidate, Tree& tree) {
  Shards shards;
  add_shard(shards, tree, candidate.path);
  if (shards.files == 0 || shards.flaws.size() == shards.files)
    return not_recognised(candidate, "no sound TSM file");
  Finding finding = begin(candidate, "", "");
  finding.confidence = Confidence::probable;
  state_shards(finding, shards);
  finding.health.notes.emplace_back(
      "Its root is not here: database and retention policy are in the path at best.");
  return finding;
}

Result<Finding> probe_root_2(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read(join_path(candidate.path, "influxd.bolt"), 0, 64));
  if (little32_at(head, 16) != bolt_magic)
    return not_recognised(candidate, "influxd.bolt is not a bolt file");
  Finding finding = begin(candidate, "2.x", "influxd.bolt beside engine/");
  const Shards shards = look_through(tree, join_path(candidate.path, "engine/data"));
  state_shards(finding, shards);
  // Names of buckets are in influxd.bolt; the directories are their ids.
  set_fact(finding.facts, "bucket_ids", shards.directories);
  finding.evidence.emplace_back("influxd.bolt has the magic of bolt");
  if (!tree.has(join_path(candidate.path, "influxd.sqlite"))) {
    finding.health.notes.emplace_back(
        "influxd.sqlite is missing: annotations and notebooks are lost, or it is older than 2.1.");
  }
  return finding;
}

Result<Finding> probe_root_3(const Candidate& candidate, Tree&) {
  Finding finding = begin(candidate, "3.x", "catalogs/ beside dbs/");
  finding.role = Role::repository;
  finding.confidence = Confidence::possible;
  finding.health = {HealthState::unknown, "Parquet files, not read", {}};
  finding.advice =
      "InfluxDB 3 keeps Parquet files: start influxdb3 serve with --object-store file on a copy.";
  finding.evidence.emplace_back("directories catalogs and dbs");
  return finding;
}

}  // namespace recover::influxdb
