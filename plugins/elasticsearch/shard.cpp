// An index directory: the commit with the highest generation counts (numbers in base 36, so the longer
// name is the newer), and every file but the lock must end with a footer. Checksums are not computed.
#include "elasticsearch/shard.hpp"

#include <algorithm>

namespace recover::elasticsearch {

namespace {

constexpr std::size_t commit_size = 256U << 10U;
constexpr std::size_t most_files = 500;

bool is_newer(const std::string& left, const std::string& right) {
  return left.size() != right.size() ? left.size() > right.size() : left > right;
}

void check_footer(Shard& shard, Tree& tree, const std::string& directory, const std::string& name) {
  const std::string path = join_path(directory, name);
  const auto info = tree.info(path);
  if (!info) return;
  shard.modified = std::max(shard.modified, info->modified);
  if (!tree.is_directory_tree()) return;
  const std::uint64_t size = info->size.count;
  const auto tail = tree.read(path, size < footer_size ? 0 : size - footer_size, footer_size);
  if (tail && !is_footer(*tail)) shard.flaws.push_back(path + ": cut short, its footer is missing.");
}

}  // namespace

Shard read_shard(Tree& tree, const std::string& directory) {
  Shard shard;
  const auto entries = tree.list(directory);
  if (!entries) return shard;
  std::size_t checked = 0;
  for (const Entry& entry : *entries) {
    if (entry.type != EntryType::file || entry.name == "write.lock" || entry.name == "segments.gen") continue;
    if (entry.name.starts_with("corrupted_")) {
      shard.flaws.push_back(join_path(directory, entry.name) + ": the server refused this shard.");
      continue;
    }
    const bool is_commit = entry.name.starts_with("segments_");
    if (is_commit && (shard.commit_name.empty() || is_newer(entry.name, shard.commit_name)))
      shard.commit_name = entry.name;
    // Lucene's files begin with an underscore; others may lie here without belonging to the index.
    if ((is_commit || entry.name.starts_with('_')) && ++checked <= most_files)
      check_footer(shard, tree, directory, entry.name);
  }
  if (shard.commit_name.empty()) return shard;
  const auto bytes = tree.read(join_path(directory, shard.commit_name), 0, commit_size);
  if (auto commit = bytes ? read_commit(*bytes) : std::nullopt) shard.commit = std::move(*commit);
  return shard;
}

}  // namespace recover::elasticsearch
