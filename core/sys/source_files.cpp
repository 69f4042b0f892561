// The only way to open something in a source. The rules are RELIABILITY §2.4: one root descriptor,
// openat2 below it without following any link, and never an open() for reading before an fstat on
// an O_PATH descriptor said "regular file" (opening a FIFO blocks, opening a device may act). The
// reading descriptor is made from that very O_PATH descriptor through /proc/self/fd, so that nobody
// can exchange the file in between; where /proc is missing, device and inode are compared instead.
// The scanner's heads take open_listed_file, which compares device and inode always: three calls in
// place of four, and none of them through /proc.
// Must never open for writing and never touch an access time where the kernel lets us (O_NOATIME
// needs the file's owner or root).
#include "core/sys/source_files.hpp"

#include "recover/errors.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>

namespace recover::sys {

namespace {

constexpr int read_flags = O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;

Error error_of(int number, const std::string& what) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return make_system_error(errors::source_not_found, what, number);
    case ELOOP:
    case EXDEV: return make_system_error(errors::source_unsafe_path, what, number);
    case EACCES:
    case EPERM: return make_system_error(errors::source_unreadable, what, number);
    default: return make_system_error(errors::source_read_error, what, number);
  }
}

constexpr std::uint64_t without_links = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
constexpr std::uint64_t through_links = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;

int open_beneath(int root, const std::string& relative, int flags, std::uint64_t resolve = without_links) {
  ::open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = resolve;
  const char* path = relative.empty() ? "." : relative.c_str();
  long number = -1;
  do {  // EAGAIN: a rename somewhere raced with the resolution (openat2(2))
    number = ::syscall(SYS_openat2, root, path, &how, sizeof how);
  } while (number < 0 && (errno == EINTR || errno == EAGAIN));
  return static_cast<int>(number);
}

/// Runs `open` with O_NOATIME, and without it where only the owner may ask for that.
template <typename Open>
int open_without_atime(const Open& open) {
  const int number = open(O_NOATIME);
  return number < 0 && errno == EPERM ? open(0) : number;
}

/// A readable descriptor of what `pinned` (O_PATH) refers to; `expected` is its fstat.
Result<Descriptor> reopen(int root, const std::string& relative, int pinned, int flags,
                          const struct ::stat& expected, const std::string& what) {
  std::array<char, 32> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", pinned);
  Descriptor through_proc(open_without_atime([&](int extra) { return ::open(link.data(), flags | extra); }));
  if (through_proc) return through_proc;
  if (errno != ENOENT) return error_of(errno, what);

  Descriptor direct(open_without_atime(
      [&](int extra) { return open_beneath(root, relative, flags | extra | O_NOFOLLOW); }));
  if (!direct) return error_of(errno, what);
  struct ::stat opened {};
  if (::fstat(direct.get(), &opened) != 0) return error_of(errno, what);
  if (opened.st_dev != expected.st_dev || opened.st_ino != expected.st_ino) {
    return make_error(errors::source_unsafe_path, what, "another file took this name while it was opened");
  }
  return direct;
}

/// The absolute path of what `descriptor` refers to; empty without /proc.
std::string path_of(int descriptor) {
  std::array<char, 32> link{};
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", descriptor);
  std::array<char, PATH_MAX> path{};
  const auto length = ::readlink(link.data(), path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string{};
}

/// The text of an absolute link as a path below the root; empty when it does not begin with the root's.
std::string below_root(int root, const std::string& root_path, const std::string& relative) {
  std::array<char, PATH_MAX> text{};
  const auto length = ::readlinkat(root, relative.c_str(), text.data(), text.size());
  if (length <= 0) return {};
  const std::string target(text.data(), static_cast<std::size_t>(length));
  const std::string prefix = root_path.ends_with('/') ? root_path : root_path + "/";
  return target.starts_with(prefix) ? target.substr(prefix.size()) : std::string{};
}

}  // namespace

Result<Descriptor> open_source_root(const std::string& absolute_path) {
  const std::string what = "cannot open the source " + absolute_path;
  // Links above the source are the operator's own words; only what lies below is foreign.
  Descriptor root(::open(absolute_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return error_of(errno, what);
  return root;
}

Result<Descriptor> open_source_file(int root, const std::string& relative, struct ::stat* status) {
  const std::string what = "cannot read " + relative;
  const Descriptor pinned(open_beneath(root, relative, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!pinned) return error_of(errno, what);
  struct ::stat found {};
  if (::fstat(pinned.get(), &found) != 0) return error_of(errno, what);
  if (S_ISDIR(found.st_mode)) return make_error(errors::source_unsafe_path, what, "it is a directory");
  if (!S_ISREG(found.st_mode)) {
    return make_error(errors::source_unsafe_path, what,
                      "it is a link, device, FIFO or socket and not a regular file");
  }
  if (status != nullptr) *status = found;
  return reopen(root, relative, pinned.get(), read_flags, found, what);
}

Descriptor open_listed_file(int directory, const char* name, const struct ::stat& status) {
  // Between fstatat and open the name may get another file. What can happen then: a link is refused
  // (O_NOFOLLOW), a socket cannot be opened, a FIFO neither blocks (O_NONBLOCK) nor is read, because
  // fstat comes first and device or inode differ. A device would be opened, not used: putting one there
  // in these microseconds takes CAP_MKNOD, that is somebody who can open it himself. Unlike the type in
  // a directory entry, which a damaged file system may tell wrongly for years, fstatat asks the inode.
  Descriptor file(open_without_atime(
      [&](int extra) { return ::openat(directory, name, read_flags | O_NOFOLLOW | extra); }));
  struct ::stat opened {};
  if (!file || ::fstat(file.get(), &opened) != 0) return {};
  if (S_ISREG(opened.st_mode) && opened.st_dev == status.st_dev && opened.st_ino == status.st_ino) {
    return file;
  }
  file = {};
  errno = ESTALE;
  return file;
}

Result<LinkEnd> follow_link_beneath(int root, const std::string& root_path, const std::string& relative) {
  const std::string what = "cannot follow the link " + relative;
  Descriptor end(open_beneath(root, relative, O_PATH | O_CLOEXEC, through_links));
  if (!end && errno == EXDEV) {
    const std::string inside = below_root(root, root_path, relative);
    if (!inside.empty()) end = Descriptor(open_beneath(root, inside, O_PATH | O_CLOEXEC, through_links));
    if (inside.empty()) errno = EXDEV;
  }
  struct ::stat found {};
  if (!end || ::fstat(end.get(), &found) != 0) return error_of(errno, what);
  if (!S_ISDIR(found.st_mode) && !S_ISREG(found.st_mode)) {
    return make_error(errors::source_unsafe_path, what, "it leads to neither a file nor a directory");
  }
  const std::string place = path_of(end.get());
  const std::string top = path_of(root);
  if (place == top && !top.empty()) return LinkEnd{{}, true};
  const std::string prefix = top.ends_with('/') ? top : top + "/";
  if (top.empty() || !place.starts_with(prefix)) {
    return make_error(errors::source_unsafe_path, what, "the place it leads to has no name below the source");
  }
  return LinkEnd{place.substr(prefix.size()), S_ISDIR(found.st_mode)};
}

Descriptor open_listed_directory(int directory, const std::string& name) {
  return Descriptor(open_without_atime([&](int extra) {
    return open_beneath(directory, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | extra);
  }));
}

Result<Descriptor> open_source_directory(int root, const std::string& relative) {
  const std::string what = "cannot list " + (relative.empty() ? std::string("the source") : relative);
  Descriptor directory = open_listed_directory(root, relative);
  if (!directory) return error_of(errno, what);
  return directory;
}

Identity identity_of(const struct ::stat& status) {
  const auto nanoseconds = [](const ::timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

}  // namespace recover::sys
