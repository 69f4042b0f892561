// A snapshot repository in a file system: the only supported backup. index-N with the highest N (also in
// index.latest) lists snapshots and indices. Its JSON may be long; what its first MiB says is used.
#include "elasticsearch/probe.hpp"
#include "recover/decoder.hpp"
#include "recover/json_leaves.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

namespace recover::elasticsearch {

namespace {

constexpr std::size_t list_size = 1U << 20U;

std::int64_t highest_generation(const std::vector<Entry>& entries) {
  std::int64_t highest = -1;
  for (const Entry& entry : entries) {
    std::int64_t number = -1;
    const char* end = entry.name.data() + entry.name.size();
    if (!entry.name.starts_with("index-")) continue;
    const auto parsed = std::from_chars(entry.name.data() + 6, end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) highest = std::max(highest, number);
  }
  return highest;
}

int major_of(const std::string& version) {
  return Version{version, ""}.major();
}

/// OpenSearch began again at 1, but still writes the oldest Elasticsearch that can read the repository.
std::string product_of(const JsonLeaves& json, const std::string& newest) {
  const int oldest_reader = major_of(json.at("min_version"));
  return oldest_reader >= 7 && major_of(newest) < 5 && !newest.empty() ? "OpenSearch" : "Elasticsearch";
}

/// NAME of "indices/NAME/id".
std::set<std::string> index_names(const JsonLeaves& json) {
  std::set<std::string> names;
  for (const JsonLeaf& leaf : json.leaves) {
    if (!leaf.path.starts_with("indices/")) continue;
    names.insert(leaf.path.substr(8, leaf.path.find('/', 8) - 8));
  }
  return names;
}

}  // namespace

Result<Finding> probe_snapshot_repository(const Candidate& candidate, Tree& tree) {
  const std::int64_t generation = highest_generation(RECOVER_TRY(tree.list(candidate.path)));
  if (generation < 0) return not_recognised(candidate, "no index-N");
  const std::string name = "index-" + std::to_string(generation);
  const std::string path = join_path(candidate.path, name);
  const JsonLeaves json = json_leaves(RECOVER_TRY(tree.read(path, 0, list_size)));
  const std::vector<std::string> snapshots = json.all("snapshots/", "/name");
  if (json.leaves.empty() || (snapshots.empty() && index_names(json).empty())) {
    return not_recognised(candidate, name + " lists no snapshots");
  }
  Finding finding = finding_of(candidate);
  const std::vector<std::string> versions = json.all("snapshots/", "/version");
  finding.version = {versions.empty() ? std::string() : versions.back(),
                     name + ", version of the newest snapshot"};
  finding.product = product_of(json, finding.version.text);
  finding.confidence = Confidence::certain;
  finding.identity = json.at("uuid");
  const std::set<std::string> indices = index_names(json);
  finding.databases.assign(indices.begin(), indices.end());
  set_fact(finding.facts, "snapshots", snapshots);
  if (const auto info = tree.info(path)) finding.content_time = info->modified;
  finding.evidence.push_back(
      fmt::format("{}: {} snapshots, {} indices", name, snapshots.size(), indices.size()));
  finding.health = {
      HealthState::ok, "list of snapshots readable", {"The files of the snapshots were not read."}};
  const auto latest = tree.read(join_path(candidate.path, "index.latest"), 0, 8);
  if (latest && latest->size() == 8 && big64_at(*latest, 0) != static_cast<std::uint64_t>(generation)) {
    finding.health = {
        HealthState::incomplete,
        "list of snapshots not the latest",
        {fmt::format("index.latest names index-{}, the newest here is {}.", big64_at(*latest, 0), name)}};
  }
  return finding;
}

}  // namespace recover::elasticsearch
