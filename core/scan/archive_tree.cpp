// An archive's members as a read-only tree. Nothing is unpacked: what was not kept while the archive
// streamed by cannot be read any more, and asking for it is an error (source.not_kept), never a guess. Only
// a whole content is read from the archive again.

#include "core/scan/archive_tree.hpp"

#include "core/scan/head.hpp"
#include "core/sys/archive.hpp"
#include "recover/errors.hpp"

#include <algorithm>

namespace recover::scan {

KeptMember& ArchiveTree::add(const std::string& path, EntryType type) {
  const auto [place, fresh] = members_.try_emplace(path);
  if (fresh) {
    const auto slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? std::string{} : path.substr(0, slash);
    if (!parent.empty() && members_.find(parent) == members_.end()) add(parent, EntryType::directory);
    directories_[parent].push_back({path.substr(slash == std::string::npos ? 0 : slash + 1), type});
  } else {
    place->second = {};
  }
  place->second.info.type = type;
  return place->second;
}

const KeptMember* ArchiveTree::find(const std::string& path) const {
  const auto place = members_.find(path);
  return place == members_.end() ? nullptr : &place->second;
}

const std::vector<Entry>& ArchiveTree::entries(const std::string& directory) const {
  static const std::vector<Entry> none;
  const auto place = directories_.find(directory);
  return place == directories_.end() ? none : place->second;
}

Size ArchiveTree::size_below(const std::string& directory) const {
  const std::string prefix = directory.empty() ? std::string{} : directory + "/";
  Size size;
  for (auto at = members_.lower_bound(prefix); at != members_.end() && at->first.starts_with(prefix); ++at) {
    if (at->second.info.type == EntryType::file) size += {at->second.info.size, {}, 1};
  }
  return size;
}

Result<const KeptMember*> ArchiveTree::member(const std::string& path) const {
  const KeptMember* found = find(path);
  if (found != nullptr) return found;
  return make_error(errors::source_not_found, describe(path), "the archive has no such member")
      .with("path", path);
}

Result<std::vector<Entry>> ArchiveTree::list(const std::string& directory) {
  if (directory.empty()) return entries(directory);
  const KeptMember* found = RECOVER_TRY(member(directory));
  if (found->info.type == EntryType::directory) return entries(directory);
  return make_error(errors::source_not_found, describe(directory), "it is not a directory")
      .with("path", directory);
}

Result<EntryInfo> ArchiveTree::info(const std::string& path) {
  if (path.empty()) return EntryInfo{EntryType::directory, {}, {}, 0, 0, 0, 0};
  return RECOVER_TRY(member(path))->info;
}

Result<std::string> ArchiveTree::read(const std::string& path, std::uint64_t offset, std::size_t length) {
  const KeptMember* found = RECOVER_TRY(member(path));
  if (found->info.type != EntryType::file) {
    return make_error(errors::source_unsafe_path, describe(path), "it is not a regular file")
        .with("path", path);
  }
  const std::uint64_t size = found->info.size.count;
  if (offset >= size) return std::string{};
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, size - offset));
  if (offset + wanted <= found->head.size())
    return found->head.substr(static_cast<std::size_t>(offset), wanted);
  const std::uint64_t tail_begin = size - std::min<std::uint64_t>(size, found->tail.size());
  if (offset >= tail_begin) return found->tail.substr(static_cast<std::size_t>(offset - tail_begin), wanted);
  return make_error(errors::source_not_kept, describe(path), "only its beginning is known")
      .with("path", path);
}

Result<std::string> ArchiveTree::read_decoded_head(const std::string& path, std::size_t length) {
  const KeptMember* found = RECOVER_TRY(member(path));
  if (sys::compression_of(found->head).empty()) return found->head.substr(0, length);
  return decode_head(found->head, length);
}

Result<std::unique_ptr<ContentSource>> ArchiveTree::open_content(const std::string& path) {
  RECOVER_TRY(member(path));
  return source_ == nullptr ? Tree::open_content(path) : source_->open_content(path_ + "!" + path);
}

Result<std::string> ArchiveTree::link_target(const std::string& path) {
  const KeptMember* found = RECOVER_TRY(member(path));
  if (found->info.type == EntryType::symlink) return found->link_target;
  return make_error(errors::source_not_found, describe(path), "it is not a link").with("path", path);
}

}  // namespace recover::scan
