// Files of the target and of the state directory. Every change is durable when the call returns, so
// that the journal never announces something a power loss takes back. Must never be used on a
// source; links at the end of a path are never followed when something is made.
#include "core/sys/host.hpp"
#include "core/sys/target_files.hpp"
#include "core/sys/whole_file.hpp"
#include "recover/errors.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace recover::sys {

namespace {

constexpr std::size_t largest_file = 256 << 20;

struct CloseDirectory {
  void operator()(::DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<::DIR, CloseDirectory>;

/// The entries of a directory without "." and "..", sorted.
int names_in(const std::string& path, std::vector<std::string>& names) {
  const Directory directory(::opendir(path.c_str()));
  if (!directory) return errno;
  errno = 0;
  while (const ::dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe): own DIR
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  std::sort(names.begin(), names.end());
  return errno;
}

class LocalFiles final : public Files {
 public:
  Result<std::string> read(const std::string& path) override {
    std::string content;
    const int failed = read_whole_file(path, largest_file, content);
    if (failed == EACCES || failed == EPERM) {
      return make_system_error(errors::target_not_writable, "cannot read " + path, failed);
    }
    if (failed != 0) return make_system_error(errors::target_write_failed, "cannot read " + path, failed);
    return content;
  }

  Result<void> write(const std::string& path, const std::string& content, const std::string& owner,
                     unsigned mode) override {
    return write_atomically(path, content, RECOVER_TRY(owner_account(owner)), mode);
  }

  Result<void> make_directory(const std::string& path, const std::string& owner, unsigned mode) override {
    const Account account = RECOVER_TRY(owner_account(owner));
    const std::string parent = parent_of(path);
    // Parents are ours and open for passing through: the owner must reach what is made for it.
    if (!exists(parent)) RECOVER_TRY(make_directory(parent, "", 0755));
    const bool made = ::mkdir(path.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return target_error("cannot make the directory " + path, errno);
    const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory) return target_error("cannot open the directory " + path, errno);
    std::vector<std::string> names;
    // An empty one may be ours from a run that ended right here; a filled one is kept as it is.
    if (made || (names_in(path, names) == 0 && names.empty())) {
      RECOVER_TRY(give_to(directory.get(), account, mode, path));
    }
    if (::fsync(directory.get()) != 0) return target_error("cannot sync " + path, errno);
    return made ? sync_directory(parent) : Result<void>();
  }

  Result<void> remove_file(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) {
      if (errno == ENOENT) return {};
      return target_error("cannot remove " + path, errno);
    }
    return sync_directory(parent_of(path));
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) {
      return target_error("cannot rename " + from + " to " + to, errno);
    }
    const std::string source = parent_of(from);
    const std::string destination = parent_of(to);
    RECOVER_TRY(sync_directory(destination));
    return source == destination ? Result<void>() : sync_directory(source);
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    std::vector<std::string> names;
    const int failed = names_in(path, names);
    if (failed != 0) return target_error("cannot list " + path, failed);
    return names;
  }

  bool exists(const std::string& path) override {
    struct ::stat status {};
    return ::lstat(path.c_str(), &status) == 0;
  }

  bool is_directory(const std::string& path) override {
    struct ::stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  }

  Result<std::uint64_t> free_space(const std::string& path) override {
    std::string nearest = path;
    while (nearest != "/" && nearest != "." && !exists(nearest)) nearest = parent_of(nearest);
    struct ::statvfs space {};
    if (::statvfs(nearest.c_str(), &space) != 0) return target_error("cannot look at " + nearest, errno);
    return std::uint64_t{space.f_bavail} * space.f_frsize;
  }
};

}  // namespace

std::unique_ptr<Files> make_files() {
  return std::make_unique<LocalFiles>();
}

}  // namespace recover::sys
