// flock(2) on a file whose name is a hash of the target. The file stays when the lock is released:
// removing it would let two runs hold locks on two files of the same name. What stands in it (run,
// process, since) is for the message only and never decides anything (RELIABILITY §2.3).
#include "core/sys/lock.hpp"

#include "core/sys/host.hpp"
#include "core/sys/target_files.hpp"
#include "core/sys/whole_file.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <xxhash.h>

#include <cerrno>
#include <charconv>
#include <string_view>

namespace recover::sys {

namespace {

std::string path_of(const std::string& directory, const std::string& target) {
  const ::XXH128_hash_t hash = ::XXH3_128bits(target.data(), target.size());
  return fmt::format("{}/target-{:016x}{:016x}.lock", directory, hash.high64, hash.low64);
}

/// The value of the line "name=value".
std::string line_of(const std::string& content, const std::string& name) {
  const std::string prefix = "\n" + name + "=";
  const std::string text = "\n" + content;
  const std::size_t found = text.find(prefix);
  if (found == std::string::npos) return {};
  const std::size_t begin = found + prefix.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Error held(const std::string& path, const std::string& target) {
  std::string content;
  static_cast<void>(read_whole_file(path, 65536, content));  // unknown holder: the message says less
  const std::string run = line_of(content, "run");
  const std::int64_t pid = number_of(line_of(content, "pid"));
  const std::int64_t since = number_of(line_of(content, "since"));
  const std::string cause =
      run.empty() ? "another run holds the lock"
                  : fmt::format("run {} (process {}) works on it since {}", run, pid, text::timestamp(since));
  return make_error(errors::lock_held, "cannot lock " + target, cause)
      .with("run", run)
      .with("pid", pid)
      .with("since", since)
      .with("target", target);
}

}  // namespace

Result<TargetLock> TargetLock::acquire(const std::string& directory, const std::string& target,
                                       const std::string& run, std::int64_t since) {
  RECOVER_TRY(make_files()->make_directory(directory, "", 0700));
  const std::string path = path_of(directory, target);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return target_error("cannot open the lock " + path, errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? held(path, target) : target_error("cannot lock " + path, errno);
  }
  const std::string content =
      fmt::format("run={}\npid={}\nsince={}\ntarget={}\n", run, ::getpid(), since, text::printable(target));
  if (::ftruncate(file.get(), 0) != 0 || !write_completely(file.get(), content)) {
    return target_error("cannot write the lock " + path, errno);
  }
  return TargetLock(std::move(file));
}

}  // namespace recover::sys
