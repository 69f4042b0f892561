// The data path of a node. Fork and version are one number in node-N.st; nodes before 6.x wrote none, then
// the commits of the shards tell. A node's disk may hold only some shards of an index: it says nothing
// about those on other nodes.
#include "elasticsearch/probe.hpp"
#include "elasticsearch/shard.hpp"
#include "elasticsearch/state_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace recover::elasticsearch {

namespace {

constexpr std::size_t state_size = 1U << 20U;
constexpr std::size_t most_shards = 2000;

/// PREFIX-N.st with the highest N, or "".
std::string newest_state(Tree& tree, const std::string& directory, const std::string& prefix) {
  const auto entries = tree.list(directory);
  if (!entries) return {};
  std::string newest;
  std::int64_t highest = -1;
  for (const Entry& entry : *entries) {
    if (!entry.name.starts_with(prefix) || !entry.name.ends_with(".st")) continue;
    std::int64_t number = 0;
    const char* end = entry.name.data() + entry.name.size() - 3;
    const auto parsed = std::from_chars(entry.name.data() + prefix.size(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end || number <= highest) continue;
    highest = number;
    newest = join_path(directory, entry.name);
  }
  return newest;
}

struct Contents {
  std::set<std::string> names;
  std::int64_t indices = 0;
  std::int64_t shards = 0;
  std::string lucene;
  std::string elasticsearch;
  std::int64_t newest = 0;
  std::vector<std::string> flaws;
};

void add_shard(Contents& contents, Tree& tree, const std::string& directory) {
  Shard shard = read_shard(tree, join_path(directory, "index"));
  ++contents.shards;
  contents.newest = std::max(contents.newest, shard.modified);
  if (shard.commit_name.empty()) contents.flaws.push_back(directory + ": no commit (segments_N) is here.");
  contents.flaws.insert(contents.flaws.end(), shard.flaws.begin(), shard.flaws.end());
  if (!shard.commit.lucene.empty()) contents.lucene = shard.commit.lucene;
  if (!shard.commit.elasticsearch.empty()) contents.elasticsearch = shard.commit.elasticsearch;
}

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

void add_index(Contents& contents, Tree& tree, const std::string& directory) {
  ++contents.indices;
  const std::string state = newest_state(tree, join_path(directory, "_state"), "state-");
  const auto bytes = state.empty() ? Result<std::string>(std::string()) : tree.read(state, 0, state_size);
  const std::string name = bytes ? read_index_name(*bytes) : std::string();
  contents.names.insert(name.empty() ? last_component(directory) : name);
  const auto entries = tree.list(directory);
  if (!entries) return;
  for (const Entry& entry : *entries) {
    const bool is_shard = entry.type == EntryType::directory && is_number(entry.name);
    if (is_shard && contents.shards < static_cast<std::int64_t>(most_shards)) {
      add_shard(contents, tree, join_path(directory, entry.name));
    }
  }
}

Contents read_contents(Tree& tree, const std::string& node) {
  Contents contents;
  const std::string directory = join_path(node, "indices");
  const auto entries = tree.list(directory);
  if (!entries) return contents;
  for (const Entry& entry : *entries) {
    if (entry.type == EntryType::directory) add_index(contents, tree, join_path(directory, entry.name));
  }
  return contents;
}

void state_version(Finding& finding, const std::optional<NodeState>& state, const std::string& state_path,
                   const Contents& contents) {
  finding.product = "Elasticsearch";
  if (state && state->version != 0) {
    const ProductVersion decoded = decode_version(state->version);
    finding.product = decoded.product;
    finding.version = {decoded.version, last_component(state_path) + ", node_version"};
  } else if (!contents.elasticsearch.empty()) {
    finding.version = {contents.elasticsearch, "es_version in a shard's commit"};
  }
  if (!contents.lucene.empty()) set_fact(finding.facts, "lucene", contents.lucene);
}

Health judge(Contents& contents) {
  if (!contents.flaws.empty()) {
    if (contents.flaws.size() > 20) contents.flaws.resize(20);
    return {HealthState::damaged, "damaged shards", contents.flaws};
  }
  return {HealthState::unknown,
          "no damage seen",
          {"Whether the node was stopped cannot be read; a copy of a running node is no backup.",
           "Shards of these indices on other nodes are not in this directory."}};
}

}  // namespace

Result<Finding> probe_data_path(const Candidate& candidate, Tree& tree) {
  const std::string nested = join_path(candidate.path, "nodes/0");
  const std::string node = tree.has_directory(nested) ? nested : candidate.path;
  const std::string state_path = newest_state(tree, join_path(node, "_state"), "node-");
  std::optional<NodeState> state;
  if (!state_path.empty()) state = read_node_state(RECOVER_TRY(tree.read(state_path, 0, state_size)));
  Contents contents = read_contents(tree, node);
  if (!state && contents.shards == 0)
    return not_recognised(candidate, "neither a node's state nor a shard is readable");
  Finding finding = finding_of(candidate);
  finding.confidence = state ? Confidence::certain : Confidence::probable;
  if (state) finding.identity = state->id;
  state_version(finding, state, state_path, contents);
  finding.databases.assign(contents.names.begin(), contents.names.end());
  finding.content_time = contents.newest;
  set_fact(finding.facts, "indices", contents.indices);
  set_fact(finding.facts, "shards", contents.shards);
  finding.evidence.push_back(fmt::format("{} indices, {} shards", contents.indices, contents.shards));
  finding.health = judge(contents);
  return finding;
}

}  // namespace recover::elasticsearch
