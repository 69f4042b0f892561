// The index of log segments. Only names are looked at here: whether a file's content belongs to its name
// is seen when it is read (recycled segments carry old content under new names).
#include "postgresql/wal_files.hpp"

namespace recover::postgresql {

void WalFiles::add_file(const std::string& directory, const std::string& file, bool is_own) {
  const auto name = parse_segment_name(segment_of_file_name(file), segment_size_);
  if (!name) return;
  files_[name->number].try_emplace(name->timeline, WalFile{*name, join_path(directory, file), is_own});
}

void WalFiles::add_directory(Tree& tree, const std::string& directory, bool is_own) {
  const auto entries = tree.list(directory);
  if (!entries) return;
  for (const Entry& entry : *entries) {
    if (entry.type == EntryType::file) add_file(directory, entry.name, is_own);
  }
}

const WalFile* WalFiles::find(std::uint64_t number, std::uint32_t timeline) const {
  const auto found = files_.find(number);
  if (found == files_.end()) return nullptr;
  const auto& timelines = found->second;
  const auto newer = timelines.upper_bound(timeline);
  return newer == timelines.begin() ? &newer->second : &std::prev(newer)->second;
}

std::optional<std::uint64_t> WalFiles::newest() const {
  if (files_.empty()) return std::nullopt;
  return files_.rbegin()->first;
}

}  // namespace recover::postgresql
