// The only way to open something in a source. The rules are RELIABILITY §2.4: one root descriptor,
// openat2 below it without following any link, and never an open() for reading before an fstat on
// an O_PATH descriptor said "regular file" (opening a FIFO blocks, opening a device may act). The
// reading descriptor is made from that very O_PATH descriptor through /proc/self/fd, so that nobody
// can exchange the file in between; where /proc is missing, device and inode are compared instead.
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

int open_beneath(int root, const std::string& relative, int flags) {
  ::open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
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

Result<Descriptor> open_source_directory(int root, const std::string& relative) {
  const std::string what = "cannot list " + (relative.empty() ? std::string("the source") : relative);
  Descriptor directory(open_without_atime(
      [&](int extra) { return open_beneath(root, relative, O_RDONLY | O_DIRECTORY | O_CLOEXEC | extra); }));
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
