// One small file of ours, read completely. Never blocks on a FIFO that stands where a file should be
// (O_NONBLOCK, then fstat), and never takes more memory than the caller allows.
#include "core/sys/whole_file.hpp"

#include "core/sys/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

namespace recover::sys {

int read_whole_file(const std::string& path, std::size_t limit, std::string& content) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return errno;
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0) return errno;
  if (S_ISDIR(status.st_mode)) return EISDIR;
  if (!S_ISREG(status.st_mode)) return EINVAL;
  content.clear();
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > limit) return EFBIG;
  }
}

}  // namespace recover::sys
