// The read-only view of a source that plugins get: a directory, or one file of a directory.
//
// Everything goes through core/sys/source_files (openat2 below one root, regular files only) and
// core/sys/archive (decoding); nothing is cached, so a plugin sees what is on the disk now. When the
// source is a single file the root is its directory, and only that name is visible.

#include "core/scan/content.hpp"
#include "core/scan/scanner.hpp"
#include "core/scan/stream_tree.hpp"
#include "core/scan/unpack.hpp"
#include "core/sys/archive.hpp"
#include "core/sys/member_judge.hpp"
#include "core/sys/read_rate.hpp"
#include "core/sys/source_files.hpp"
#include "recover/errors.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>

namespace recover::scan {
namespace {

EntryType type_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return EntryType::file;
  if (S_ISDIR(mode)) return EntryType::directory;
  return S_ISLNK(mode) ? EntryType::symlink : EntryType::other;
}

EntryInfo info_of(const struct ::stat& status) {
  EntryInfo info;
  info.type = type_of_mode(status.st_mode);
  info.size.count = static_cast<std::uint64_t>(status.st_size);
  info.allocated.count = static_cast<std::uint64_t>(status.st_blocks) * 512;
  info.modified = status.st_mtim.tv_sec;
  info.owner = status.st_uid;
  info.group = status.st_gid;
  info.mode = status.st_mode & 07777;
  return info;
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

class DirectoryTree : public Tree {
 public:
  DirectoryTree(sys::Descriptor root, std::string path, std::string only, CancellationToken cancel)
      : root_(std::move(root)), path_(std::move(path)), only_(std::move(only)), cancel_(std::move(cancel)) {}

  Result<std::vector<Entry>> list(const std::string& directory) override;
  Result<EntryInfo> info(const std::string& path) override;
  Result<std::string> read(const std::string& path, std::uint64_t offset, std::size_t length) override;
  Result<std::string> read_decoded_head(const std::string& path, std::size_t length) override;
  Result<std::unique_ptr<ContentSource>> open_content(const std::string& path) override;
  Result<void> each_member(const std::string& path, const TakeMember& take) override;
  Result<Bytes> unpack(const std::string& directory, const std::string& to,
                       const std::string& owner) override;
  Result<std::string> link_target(const std::string& path) override;
  [[nodiscard]] std::string describe(const std::string& path) const override {
    return path.empty() ? path_ : join_path(path_, path);
  }
  [[nodiscard]] bool is_directory_tree() const override { return true; }

 private:
  /// source.not_found for names beside the single file that is the source.
  Result<void> check_visible(const std::string& path) const;
  /// The directory that holds `path`, opened below the root.
  Result<sys::Descriptor> open_parent(const std::string& path) const;

  sys::Descriptor root_;
  std::string path_;  ///< absolute
  std::string only_;  ///< the one visible name, or ""
  CancellationToken cancel_;
};

Result<void> DirectoryTree::check_visible(const std::string& path) const {
  if (only_.empty() || path.empty() || path == only_) return {};
  return make_error(errors::source_not_found, describe(path), "it does not belong to the source")
      .with("path", path);
}

Result<sys::Descriptor> DirectoryTree::open_parent(const std::string& path) const {
  RECOVER_TRY(check_visible(path));
  return sys::open_source_directory(root_.get(), parent_of(path));
}

Result<std::vector<Entry>> DirectoryTree::list(const std::string& directory) {
  if (!only_.empty() && directory.empty()) return std::vector<Entry>{{only_, EntryType::file}};
  RECOVER_TRY(check_visible(directory));
  auto opened = RECOVER_TRY(sys::open_source_directory(root_.get(), directory));
  DIR* stream = ::fdopendir(opened.get());
  if (stream == nullptr) return make_system_error(errors::source_unreadable, describe(directory), errno);
  const int descriptor = opened.release();  // now owned by the stream
  std::vector<Entry> entries;
  errno = 0;
  for (const ::dirent* entry = ::readdir(stream); entry != nullptr; entry = ::readdir(stream)) {
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    struct ::stat status {};
    mode_t mode = DTTOIF(entry->d_type);
    if (entry->d_type == DT_UNKNOWN &&
        ::fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
      mode = status.st_mode;
    }
    entries.push_back({entry->d_name, type_of_mode(mode)});
    errno = 0;
  }
  const int problem = errno;
  ::closedir(stream);
  if (problem != 0) return make_system_error(errors::source_read_error, describe(directory), problem);
  return entries;
}

Result<EntryInfo> DirectoryTree::info(const std::string& path) {
  const auto parent = RECOVER_TRY(open_parent(path));
  struct ::stat status {};
  const std::string name = name_of(path);
  const int flags = AT_SYMLINK_NOFOLLOW | (name.empty() ? AT_EMPTY_PATH : 0);
  if (::fstatat(parent.get(), name.c_str(), &status, flags) != 0) {
    return make_system_error(errno == ENOENT ? errors::source_not_found : errors::source_unreadable,
                             describe(path), errno);
  }
  return info_of(status);
}

Result<std::string> DirectoryTree::read(const std::string& path, std::uint64_t offset, std::size_t length) {
  RECOVER_TRY(check_visible(path));
  struct ::stat status {};
  const auto file = RECOVER_TRY(sys::open_source_file(root_.get(), path, &status));
  std::string bytes;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (offset >= size) return bytes;
  bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(length, size - offset)));
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto got = ::pread(file.get(), bytes.data() + filled, bytes.size() - filled,
                             static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return make_system_error(errors::source_read_error, describe(path), errno).with("path", path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  RECOVER_TRY(sys::ReadRate::of_process().take(filled, {}));
  return bytes;
}

Result<std::string> DirectoryTree::read_decoded_head(const std::string& path, std::size_t length) {
  auto head = RECOVER_TRY(read(path, 0, std::min<std::size_t>(length, 512)));
  if (sys::compression_of(head).empty()) return read(path, 0, length);
  const auto file = RECOVER_TRY(sys::open_source_file(root_.get(), path, nullptr));
  const auto stored = sys::file_source(file.get());
  const auto decoder = RECOVER_TRY(sys::open_decoder(*stored, describe(path)));
  std::string decoded(length, '\0');
  std::size_t filled = 0;
  while (filled < length) {
    const auto got = decoder->read(decoded.data() + filled, length - filled);
    if (!got && filled == 0) return got.error();
    if (!got || *got == 0) break;  // a damaged rest does not make the head unreadable
    filled += *got;
  }
  decoded.resize(filled);
  return decoded;
}

Result<std::unique_ptr<ContentSource>> DirectoryTree::open_content(const std::string& path) {
  const std::string stored = stored_path(*this, path);
  RECOVER_TRY(check_visible(stored));
  const std::string member = stored.size() < path.size() ? path.substr(stored.size() + 1) : "";
  return scan::open_content({root_.get(), stored, member, describe(path)}, cancel_);
}

Result<void> DirectoryTree::each_member(const std::string& path, const TakeMember& take) {
  const auto content = RECOVER_TRY(open_content(path));
  const auto reader = RECOVER_TRY(sys::open_archive(*content, describe(path)));
  while (const auto member = RECOVER_TRY(reader->next())) {
    RECOVER_TRY(cancel_.check());
    const std::string name = sys::cleaned_path(member->path);
    if (name.empty() || member->type != EntryType::file || member->is_hard_link) continue;
    RECOVER_TRY(take(name, reader->data()));
  }
  std::array<char, 65536> rest{};  // a compressor's checksum stands behind the last member
  while (RECOVER_TRY(content->read(rest.data(), rest.size())) > 0) {
  }
  return {};
}

Result<Bytes> DirectoryTree::unpack(const std::string& directory, const std::string& to,
                                    const std::string& owner) {
  sys::ExtractOptions options;
  options.directory = to;
  options.owner = owner;
  options.reserve = unpacking_reserve;
  const std::string stored = stored_path(*this, directory);
  RECOVER_TRY(check_visible(stored));
  if (stored.size() < directory.size()) {
    const std::size_t mark = directory.rfind('!');
    options.below = directory.substr(mark + 1);
    const std::string member =
        mark > stored.size() ? directory.substr(stored.size() + 1, mark - stored.size() - 1) : "";
    return unpack_from_archive({root_.get(), stored, member, describe(directory.substr(0, mark))}, options,
                               cancel_);
  }
  std::vector<std::string> names;
  for (const Entry& entry : RECOVER_TRY(list(directory))) {
    if (entry.type == EntryType::file) names.push_back(entry.name);
  }
  return unpack_files(root_.get(), directory, names, options, cancel_);
}

Result<std::string> DirectoryTree::link_target(const std::string& path) {
  const auto parent = RECOVER_TRY(open_parent(path));
  std::array<char, PATH_MAX> target{};
  const auto length = ::readlinkat(parent.get(), name_of(path).c_str(), target.data(), target.size());
  if (length < 0) {
    return make_system_error(errno == ENOENT ? errors::source_not_found : errors::source_unreadable,
                             describe(path), errno);
  }
  return std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace

Result<std::unique_ptr<Tree>> open_tree(const std::string& absolute_path, CancellationToken cancel) {
  if (absolute_path == standard_input) return open_stream_tree(std::move(cancel));
  struct ::stat status {};
  if (::stat(absolute_path.c_str(), &status) != 0) {
    return make_system_error(
               errno == ENOENT || errno == ENOTDIR ? errors::source_not_found : errors::source_unreadable,
               "source " + absolute_path, errno)
        .with("path", absolute_path);
  }
  std::string only;
  std::string directory = absolute_path;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  if (S_ISREG(status.st_mode)) {
    only = name_of(directory);
    directory.resize(std::max<std::size_t>(directory.size() - only.size() - 1, 1));
  } else if (!S_ISDIR(status.st_mode)) {
    return make_error(errors::source_unreadable, "source " + absolute_path,
                      "it is neither a directory nor a file")
        .with("path", absolute_path);
  }
  auto root = RECOVER_TRY(sys::open_source_root(directory));
  return std::unique_ptr<Tree>(
      std::make_unique<DirectoryTree>(std::move(root), directory, only, std::move(cancel)));
}

std::string stored_path(Tree& tree, const std::string& path) {
  if (tree.has(path)) return path;  // a name may hold a '!' of its own
  for (std::size_t mark = path.find('!'); mark != std::string::npos; mark = path.find('!', mark + 1)) {
    std::string archive = path.substr(0, mark);
    if (tree.has_file(archive)) return archive;
  }
  return path;
}

}  // namespace recover::scan
