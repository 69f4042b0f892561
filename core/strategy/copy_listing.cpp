// The walk over the source that decides what a copy consists of: excluded, emptied, renamed and
// last-copied names. Only names and sizes are read here. Goes through core/sys/source_files, so no
// link is followed and nothing outside the source is looked at; depth is bounded by an explicit stack.
#include "core/strategy/copy_listing.hpp"

#include "core/sys/source_files.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"
#include "recover/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace recover::strategy {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using OpenDirectory = std::unique_ptr<DIR, CloseDirectory>;

class Walk {
 public:
  Walk(int source, const CopyTree& spec, const CancellationToken& cancel)
      : source_(source), spec_(spec), cancel_(cancel) {}

  Result<CopyListing> run() {
    std::vector<std::string> pending{""};
    while (!pending.empty()) {
      const std::string directory = std::move(pending.back());
      pending.pop_back();
      RECOVER_TRY(cancel_.check());
      auto below = RECOVER_TRY(list(directory));
      pending.insert(pending.end(), below.rbegin(), below.rend());
    }
    for (const std::string& name : spec_.empty) add_directory(renamed(name));
    for (const std::string& name : spec_.last) RECOVER_TRY(take_last(name));
    add_missing_parents();
    std::sort(listing_.skipped.begin(), listing_.skipped.end());
    return std::move(listing_);
  }

 private:
  Result<std::vector<std::string>> list(const std::string& directory) {
    sys::Descriptor descriptor = RECOVER_TRY(sys::open_source_directory(source_, directory));
    const OpenDirectory open(::fdopendir(descriptor.get()));
    if (!open) return make_system_error(errors::source_unreadable, "cannot list " + directory, errno);
    const int number = descriptor.release();  // fdopendir took it over
    std::vector<std::string> below;
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(open.get());  // NOLINT(concurrency-mt-unsafe): our own stream
      if (entry == nullptr) break;
      const std::string name = &entry->d_name[0];
      if (name == "." || name == "..") continue;
      RECOVER_TRY(take(number, name, join_path(directory, name), below));
    }
    if (errno != 0) return make_system_error(errors::source_read_error, "cannot list " + directory, errno);
    return below;
  }

  Result<void> take(int directory, const std::string& name, const std::string& path,
                    std::vector<std::string>& below) {
    struct ::stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      const ErrorKind& kind = errno == ENOENT ? errors::source_changed : errors::source_read_error;
      return make_system_error(kind, "cannot look at " + path, errno).with("path", path);
    }
    if (is_excluded(path)) return {};
    if (S_ISDIR(status.st_mode)) {
      add_directory(renamed(path));
      if (!is_emptied(path)) below.push_back(path);
    } else if (S_ISREG(status.st_mode)) {
      ListedFile file{path, renamed(path), static_cast<std::uint64_t>(status.st_size),
                      static_cast<std::uint64_t>(status.st_blocks) * 512,
                      sys::identity_of(status).modified_ns};
      (is_last(path) ? last_found_ : listing_.files).push_back(std::move(file));
    } else {
      listing_.skipped.push_back(path);
    }
    return {};
  }

  [[nodiscard]] bool is_excluded(const std::string& path) const {
    const auto renames = [&](const auto& pair) { return pair.first == path; };
    if (std::any_of(spec_.rename.begin(), spec_.rename.end(), renames)) return false;
    return std::any_of(spec_.exclude.begin(), spec_.exclude.end(), [&](const std::string& glob) {
      const bool slash = !glob.empty() && glob.back() == '/';
      return text::glob_match(slash ? glob.substr(0, glob.size() - 1) : glob, path);
    });
  }

  [[nodiscard]] bool is_emptied(const std::string& path) const {
    return std::find(spec_.empty.begin(), spec_.empty.end(), path) != spec_.empty.end();
  }

  [[nodiscard]] bool is_last(const std::string& path) const {
    return std::find(spec_.last.begin(), spec_.last.end(), path) != spec_.last.end();
  }

  /// The name in the target: the longest renamed ancestor (or the path itself) counts.
  [[nodiscard]] std::string renamed(const std::string& path) const {
    for (std::string ancestor = path; !ancestor.empty();) {
      for (const auto& [from, to] : spec_.rename) {
        if (from == ancestor) return to + path.substr(ancestor.size());
      }
      const auto slash = ancestor.rfind('/');
      ancestor = slash == std::string::npos ? "" : ancestor.substr(0, slash);
    }
    return path;
  }

  void add_directory(const std::string& path) { listing_.directories.push_back(path); }

  Result<void> take_last(const std::string& name) {
    const auto found = std::find_if(last_found_.begin(), last_found_.end(),
                                    [&](const ListedFile& file) { return file.from == name; });
    if (found != last_found_.end()) {
      listing_.last.push_back(*found);
      return {};
    }
    return make_error(errors::source_not_found, "cannot copy " + name,
                      "it must be copied last and is not there")
        .with("path", name);
  }

  /// Renamed names may ask for directories that the source does not have.
  void add_missing_parents() {
    std::vector<std::string>& all = listing_.directories;
    const auto add_parents = [&](std::string path) {
      while (true) {
        const auto slash = path.rfind('/');
        if (slash == std::string::npos) return;
        path.resize(slash);
        all.push_back(path);
      }
    };
    const std::vector<std::string> before = all;
    for (const std::string& directory : before) add_parents(directory);
    for (const auto& [from, to] : spec_.rename) add_parents(to);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }

  int source_;
  const CopyTree& spec_;
  const CancellationToken& cancel_;
  CopyListing listing_;
  std::vector<ListedFile> last_found_;
};

}  // namespace

Result<CopyListing> list_copy(int source, const CopyTree& spec, const CancellationToken& cancel) {
  return Walk(source, spec, cancel).run();
}

}  // namespace recover::strategy
