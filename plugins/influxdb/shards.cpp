// TSM files (tsdb/engine/tsm1 of InfluxDB 1.8): 16d116d1, version 1, blocks, index, and in the last eight
// bytes the index's offset. influxd does not say when it leaves out a shard with a wrong footer: queries
// just answer with less, so head and footer of every file are looked at here.
#include "influxdb/shards.hpp"

#include "recover/decoder.hpp"

#include <algorithm>

namespace recover::influxdb {

namespace {

constexpr std::uint64_t most_files = 20'000;
constexpr std::size_t most_flaws = 20;

std::vector<std::string> directories_of(Tree& tree, const std::string& directory) {
  std::vector<std::string> names;
  if (const auto entries = tree.list(directory)) {
    for (const Entry& entry : *entries) {
      if (entry.type == EntryType::directory) names.push_back(entry.name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

void add_flaw(Shards& shards, std::string flaw) {
  if (shards.flaws.size() < most_flaws) shards.flaws.push_back(std::move(flaw));
}

void check_file(Shards& shards, Tree& tree, const std::string& path) {
  const auto info = tree.info(path);
  if (!info) return;
  shards.newest = std::max(shards.newest, info->modified);
  if (!tree.is_directory_tree()) return;  // in an archive the footer cannot be read
  const std::uint64_t size = info->size.count;
  const auto head = tree.read(path, 0, 5);
  const auto tail = tree.read(path, size < 8 ? 0 : size - 8, 8);
  if (!head || !tail) return add_flaw(shards, path + ": not readable.");
  const std::string flaw = tsm_flaw(*head, *tail, size);
  if (!flaw.empty()) add_flaw(shards, path + ": " + flaw);
}

}  // namespace

std::string tsm_flaw(std::string_view head, std::string_view tail, std::uint64_t size) {
  if (big32_at(head, 0) != 0x16d116d1U) return "not a TSM file.";
  if (tail.size() < 8 || big64_at(tail, 0) < 5 || big64_at(tail, 0) >= size - 8) {
    return "cut short: its index is missing.";
  }
  return {};
}

void add_shard(Shards& shards, Tree& tree, const std::string& directory) {
  const auto entries = tree.list(directory);
  if (!entries) return;
  ++shards.shards;
  for (const Entry& entry : *entries) {
    const std::string path = join_path(directory, entry.name);
    if (entry.name.ends_with(".tsm.bad")) add_flaw(shards, path + ": a server refused this file before.");
    if (!entry.name.ends_with(".tsm") || shards.files >= most_files) continue;
    ++shards.files;
    check_file(shards, tree, path);
  }
}

Shards look_through(Tree& tree, const std::string& directory) {
  Shards shards;
  for (const std::string& database : directories_of(tree, directory)) {
    if (database == "_internal") continue;
    const std::uint64_t before = shards.shards;
    const std::string database_path = join_path(directory, database);
    for (const std::string& policy : directories_of(tree, database_path)) {
      if (policy == "_series") continue;
      for (const std::string& shard : directories_of(tree, join_path(database_path, policy))) {
        add_shard(shards, tree, join_path(join_path(database_path, policy), shard));
      }
    }
    if (shards.shards != before) shards.directories.push_back(database);
  }
  return shards;
}

}  // namespace recover::influxdb
