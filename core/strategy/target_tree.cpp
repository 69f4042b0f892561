// Directories and files of the target. Everything is relative to a descriptor and opened with
// O_NOFOLLOW / RESOLVE_NO_SYMLINKS, so that nobody who can write next to us can make us write elsewhere
// (RELIABILITY K7). Must never be used on the source.
#include "core/strategy/target_tree.hpp"

#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace recover::strategy {

using sys::target_error;

Result<void> make_parents(const std::string& absolute) {
  for (std::size_t slash = absolute.find('/', 1); slash != std::string::npos;
       slash = absolute.find('/', slash + 1)) {
    const std::string parent = absolute.substr(0, slash);
    if (::mkdir(parent.c_str(), 0755) != 0 && errno != EEXIST) {
      return target_error("cannot make " + parent, errno);
    }
  }
  return {};
}

Result<sys::Descriptor> make_target_root(const std::string& absolute, const sys::Account& owner,
                                         unsigned mode) {
  RECOVER_TRY(make_parents(absolute));
  if (::mkdir(absolute.c_str(), mode) != 0 && errno != EEXIST) {
    return target_error("cannot make " + absolute, errno);
  }
  sys::Descriptor root(::open(absolute.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) return target_error("cannot open " + absolute, errno);
  RECOVER_TRY(sys::give_to(root.get(), owner, mode, absolute));
  return root;
}

Result<void> make_target_directory(int root, const std::string& relative, const sys::Account& owner,
                                   unsigned mode) {
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
  return sys::give_to(made.get(), owner, mode, relative);
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

Result<TargetFile> open_target_file(int directory, const std::string& name, const sys::Account& owner,
                                    unsigned mode, int extra_flags) {
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
  RECOVER_TRY(sys::give_to(file.descriptor.get(), owner, mode, name));
  return file;
}

}  // namespace recover::strategy
