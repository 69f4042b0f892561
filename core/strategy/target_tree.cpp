// Directories and files of the target. Everything is relative to a descriptor and opened with
// O_NOFOLLOW / RESOLVE_NO_SYMLINKS, so that nobody who can write next to us can make us write elsewhere
// (RELIABILITY K7). Must never be used on the source.
#include "core/strategy/target_tree.hpp"

#include "recover/errors.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace recover::strategy {

namespace {

Result<void> own(int descriptor, const std::string& what, const Owner& owner, unsigned mode) {
  if (::fchmod(descriptor, mode) != 0) return target_error("cannot set the mode of " + what, errno);
  if (owner.change && ::fchown(descriptor, owner.user, owner.group) != 0) {
    return target_error("cannot give away " + what, errno);
  }
  return {};
}

}  // namespace

Result<Owner> find_owner(const std::string& user) {
  if (user.empty()) return Owner{};
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return make_error(errors::target_no_account, "cannot give files to " + user, "there is no such user");
  }
  return Owner{found->pw_uid != ::geteuid(), found->pw_uid, found->pw_gid};
}

Error target_error(const std::string& what, int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return make_system_error(errors::disk_full, what, error_number);
    case EACCES:
    case EPERM:
    case EROFS: return make_system_error(errors::target_not_writable, what, error_number);
    default: return make_system_error(errors::target_write_failed, what, error_number);
  }
}

Result<sys::Descriptor> make_target_root(const std::string& absolute, const Owner& owner, unsigned mode) {
  for (std::size_t slash = absolute.find('/', 1); slash != std::string::npos;
       slash = absolute.find('/', slash + 1)) {
    const std::string parent = absolute.substr(0, slash);
    if (::mkdir(parent.c_str(), 0755) != 0 && errno != EEXIST) {
      return target_error("cannot make " + parent, errno);
    }
  }
  if (::mkdir(absolute.c_str(), mode) != 0 && errno != EEXIST) {
    return target_error("cannot make " + absolute, errno);
  }
  sys::Descriptor root(::open(absolute.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) return target_error("cannot open " + absolute, errno);
  RECOVER_TRY(own(root.get(), absolute, owner, mode));
  return root;
}

Result<void> make_target_directory(int root, const std::string& relative, const Owner& owner, unsigned mode) {
  const auto slash = relative.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : relative.substr(0, slash);
  const std::string name = slash == std::string::npos ? relative : relative.substr(slash + 1);
  const auto above = RECOVER_TRY(open_target_directory(root, parent));
  if (::mkdirat(above.get(), name.c_str(), mode) != 0 && errno != EEXIST) {
    return target_error("cannot make " + relative, errno);
  }
  const sys::Descriptor made(
      ::openat(above.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) return target_error("cannot open " + relative, errno);
  return own(made.get(), relative, owner, mode);
}

Result<sys::Descriptor> open_in_target(int root, const std::string& relative, int flags) {
  ::open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
  long number = -1;
  do {  // EAGAIN: a rename somewhere raced with the resolution (openat2(2))
    number = ::syscall(SYS_openat2, root, relative.empty() ? "." : relative.c_str(), &how, sizeof how);
  } while (number < 0 && (errno == EAGAIN || errno == EINTR));
  if (number < 0) return target_error("cannot open " + relative + " in the target", errno);
  return sys::Descriptor(static_cast<int>(number));
}

Result<sys::Descriptor> open_target_directory(int root, const std::string& relative) {
  return open_in_target(root, relative, O_RDONLY | O_DIRECTORY);
}

Result<TargetFile> open_target_file(int directory, const std::string& name, const Owner& owner, unsigned mode,
                                    int extra_flags) {
  const int flags = O_NOFOLLOW | O_CLOEXEC | extra_flags;
  const auto make = [&](int more) {
    return ::openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | more, mode);
  };
  TargetFile file{sys::Descriptor(make(flags)), false};
  if (!file.descriptor && errno == EINVAL) {  // a file system without O_DIRECT (older tmpfs)
    file.descriptor = sys::Descriptor(make(O_NOFOLLOW | O_CLOEXEC));
  }
  if (!file.descriptor && errno == EEXIST) {
    file = {sys::Descriptor(::openat(directory, name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)),
            true};
    struct ::stat status {};
    if (file.descriptor && ::fstat(file.descriptor.get(), &status) == 0 &&
        (!S_ISREG(status.st_mode) || status.st_nlink != 1)) {
      return make_error(errors::target_write_failed, "cannot write " + name,
                        "it exists and is not a file that this run made");
    }
  }
  if (!file.descriptor) return target_error("cannot write " + name, errno);
  RECOVER_TRY(own(file.descriptor.get(), name, owner, mode));
  return file;
}

}  // namespace recover::strategy
