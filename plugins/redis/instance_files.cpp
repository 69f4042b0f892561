// Which files of a directory are one server's. Redis writes its snapshot (dbfilename) and its append-only
// file (appendonly.aof, since 7.0 the directory appendonlydir) into one directory, `dir`.
#include "redis/probe.hpp"

namespace recover::redis {

namespace {

/// dump.rdb, else the newest *.rdb; temp-PID.rdb are unfinished and do not count.
std::string snapshot_of(const std::string& directory, const std::vector<Entry>& entries, Tree& tree) {
  std::string newest;
  std::int64_t newest_time = 0;
  for (const Entry& entry : entries) {
    if (entry.type != EntryType::file || !entry.name.ends_with(".rdb") || entry.name.starts_with("temp-"))
      continue;
    const std::string path = join_path(directory, entry.name);
    if (entry.name == "dump.rdb") return path;
    const auto info = tree.info(path);
    if (info && (newest.empty() || info->modified > newest_time)) {
      newest = path;
      newest_time = info->modified;
    }
  }
  return newest;
}

}  // namespace

std::optional<InstanceFiles> instance_files(const std::string& directory, Tree& tree) {
  const auto entries = tree.list(directory);
  if (!entries) return std::nullopt;
  InstanceFiles files;
  for (const Entry& entry : *entries) {
    if (entry.name == "appendonlydir" && entry.type == EntryType::directory) {
      files.append_only = join_path(directory, entry.name);
      files.is_multi_part = true;
    }
    if (entry.name == "appendonly.aof" && entry.type == EntryType::file && files.append_only.empty()) {
      files.append_only = join_path(directory, entry.name);
    }
  }
  if (files.append_only.empty()) return std::nullopt;
  files.snapshot = snapshot_of(directory, *entries, tree);
  if (files.snapshot.empty()) return std::nullopt;
  return files;
}

}  // namespace recover::redis
