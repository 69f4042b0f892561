// The index of log segments. Only names are looked at here: whether a file's content belongs to its name
// is seen when it is read (recycled segments carry old content under new names).
#include "postgresql/wal_files.hpp"

#include <string_view>

namespace recover::postgresql {

namespace {

constexpr std::string_view partial_suffix = ".partial";

}  // namespace

void WalFiles::add_file(const std::string& directory, const std::string& file, bool is_own) {
  const std::string path = directory.ends_with('!') ? directory + file : join_path(directory, file);
  if (const auto timeline = timeline_of_history(file)) {
    histories_.try_emplace(*timeline, WalFile{{*timeline, 0}, path, is_own});
    return;
  }
  const bool is_partial = file.ends_with(partial_suffix);
  const std::string_view whole =
      std::string_view(file).substr(0, file.size() - (is_partial ? partial_suffix.size() : 0));
  const auto name = parse_segment_name(segment_of_file_name(whole), segment_size_);
  if (!name) return;
  const WalFile added{*name, path, is_own, is_partial};
  const auto [place, is_new] = files_[name->number].try_emplace(name->timeline, added);
  if (!is_new && place->second.is_partial && !is_partial) place->second = added;
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

const WalFile* WalFiles::find(std::uint64_t number, const Lineage& lineage) const {
  const auto found = files_.find(number);
  if (found == files_.end()) return nullptr;
  for (const std::uint32_t timeline : lineage.of_segment(number, segment_size_)) {
    const auto file = found->second.find(timeline);
    if (file != found->second.end()) return &file->second;
  }
  return nullptr;
}

std::optional<std::uint64_t> WalFiles::newest(const Lineage& lineage) const {
  for (auto segment = files_.rbegin(); segment != files_.rend(); ++segment) {
    if (find(segment->first, lineage) != nullptr) return segment->first;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> WalFiles::newest() const {
  if (files_.empty()) return std::nullopt;
  return files_.rbegin()->first;
}

}  // namespace recover::postgresql
