// Writing into the target and the state directory. Names appear only when their contents are on
// disk: temporary file, fsync, rename, fsync of the directory, in this order. An fsync that failed
// is final (the kernel may have dropped the pages, "fsyncgate"): the temporary file is removed and
// the error reported, never retried. Must never be used on a source.
#include "core/sys/target_files.hpp"

#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace recover::sys {

Error target_error(std::string what, int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return make_system_error(errors::disk_full, std::move(what), error_number);
    case EACCES:
    case EPERM:
    case EROFS: return make_system_error(errors::target_not_writable, std::move(what), error_number);
    default: return make_system_error(errors::target_write_failed, std::move(what), error_number);
  }
}

bool write_completely(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> give_to(int descriptor, const Account& owner, unsigned mode, const std::string& path) {
  struct ::stat status {};
  if (::fstat(descriptor, &status) != 0) return target_error("cannot look at " + path, errno);
  const bool same_owner = status.st_uid == owner.user && status.st_gid == owner.group;
  if (!same_owner && ::fchown(descriptor, owner.user, owner.group) != 0) {
    return target_error("cannot give " + path + " to " + owner.name, errno);
  }
  if ((status.st_mode & 07777U) != mode && ::fchmod(descriptor, mode) != 0) {
    return target_error("cannot set the mode of " + path, errno);
  }
  return {};
}

Result<void> sync_directory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return target_error("cannot open " + path, errno);
  if (::fsync(directory.get()) != 0) return target_error("cannot sync " + path, errno);
  return {};
}

std::string parent_of(const std::string& path) {
  const std::size_t last = path.find_last_not_of('/');
  if (last == std::string::npos) return "/";
  const std::size_t slash = path.find_last_of('/', last);
  if (slash == std::string::npos) return ".";
  const std::size_t end = path.find_last_not_of('/', slash);
  return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

namespace {

Result<void> fill(int descriptor, std::string_view content, const Account& owner, unsigned mode,
                  const std::string& path) {
  if (!write_completely(descriptor, content)) return target_error("cannot write " + path, errno);
  RECOVER_TRY(give_to(descriptor, owner, mode, path));
  if (::fsync(descriptor) != 0) return target_error("cannot sync " + path, errno);
  return {};
}

}  // namespace

Result<void> write_atomically(const std::string& path, std::string_view content, const Account& owner,
                              unsigned mode) {
  std::string temporary = path + ".recover-XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return target_error("cannot make a file beside " + path, errno);
  auto filled = fill(file.get(), content, owner, mode, path);
  if (filled && ::rename(temporary.c_str(), path.c_str()) != 0) {
    filled = target_error("cannot put " + path + " into place", errno);
  }
  if (!filled) {
    ::unlink(temporary.c_str());
    return filled;
  }
  return sync_directory(parent_of(path));
}

}  // namespace recover::sys
