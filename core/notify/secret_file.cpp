// The rule of password files: what group or others can read is no secret, and is not used as one. Owner and
// mode are those of the opened file, so that nobody can exchange it in between.
#include "core/notify/secret_file.hpp"

#include "core/sys/descriptor.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace recover::notify {

namespace {

Error unsafe(const std::string& path, const std::string& why) {
  return make_error(errors::notify_secret_unsafe, "will not use " + text::printable(path), why)
      .with("file", path);
}

}  // namespace

Result<std::string> read_secret(const std::string& path) {
  const std::string what = "cannot read " + text::printable(path);
  // O_NONBLOCK: a FIFO of that name must not make us wait for a writer.
  const sys::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file) return make_system_error(errors::notify_not_set_up, what, errno);
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0) return make_system_error(errors::notify_not_set_up, what, errno);
  if (!S_ISREG(status.st_mode)) return unsafe(path, "it is not a regular file");
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) return unsafe(path, "it belongs to somebody else");
  if ((status.st_mode & 077U) != 0) return unsafe(path, "its mode lets group or others read it");
  std::array<char, 4096> bytes{};
  const ssize_t length = ::read(file.get(), bytes.data(), bytes.size());
  if (length < 0) return make_system_error(errors::notify_not_set_up, what, errno);
  std::string line(bytes.data(), static_cast<std::size_t>(length));
  line.erase(std::min(line.find_first_of("\r\n"), line.size()));
  if (line.empty()) return make_error(errors::notify_not_set_up, what, "its first line is empty");
  return line;
}

}  // namespace recover::notify
