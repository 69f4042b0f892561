// Whoever can write a plugin, or rename a directory above it, decides what code runs here, often as
// root. So the path is walked from "/" with one descriptor per component: each is opened below the one
// that was judged before (O_NOFOLLOW), judged by fstat, and the last descriptor is what gets loaded.
// Nothing is looked up a second time by name, so there is no moment to exchange it.
//
// Safe is: owned by root or by us, not writable by group or others (an ACL shows in the group bits).
// One exception, needed for /tmp and /var/tmp: a sticky directory of root may be *above* the plugin
// directory, because there nobody can rename or remove what belongs to us or to root. A link is
// followed when it has a safe owner; it lies in a directory that was judged already.
#include "core/plugin/trust.hpp"

#include "recover/errors.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <deque>
#include <vector>

namespace recover::plugin {

namespace {

constexpr int most_links = 40;  // what the kernel itself follows (MAXSYMLINKS)

enum class Place { on_the_way, plugin_directory, library };

Error untrusted(const std::string& library, const std::string& component, const std::string& why) {
  return make_error(errors::plugin_untrusted, "refused to load " + library, component + " " + why)
      .with("path", component);
}

bool has_safe_owner(const struct ::stat& status) {
  return status.st_uid == 0 || status.st_uid == ::geteuid();
}

/// Why this component is not safe; empty when it is.
std::string flaw_of(const struct ::stat& status, Place place) {
  if (!has_safe_owner(status)) return fmt::format("belongs to user {}", status.st_uid);
  if (S_ISLNK(status.st_mode)) return "";  // a link has no mode of its own
  const bool writable_by_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  const bool is_sticky_of_root = (status.st_mode & S_ISVTX) != 0 && status.st_uid == 0;
  if (writable_by_others && !(place == Place::on_the_way && is_sticky_of_root)) {
    return fmt::format("can be written by others (mode {:04o})", status.st_mode & 07777);
  }
  return "";
}

std::deque<std::string> components_of(const std::string& path) {
  std::deque<std::string> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Result<std::string> read_link(const sys::Descriptor& link, const std::string& path) {
  std::array<char, 4096> text{};
  const ssize_t length = ::readlinkat(link.get(), "", text.data(), text.size());
  if (length <= 0) return make_system_error(errors::plugin_untrusted, "cannot read the link " + path, errno);
  return std::string(text.data(), static_cast<std::size_t>(length));
}

/// Walks to the directory that holds the library, judging each component.
class Walk {
 public:
  explicit Walk(std::string library) : library_(std::move(library)) {}

  Result<sys::Descriptor> to_directory(const std::string& directory) {
    pending_ = components_of(directory);
    RECOVER_TRY(restart());
    while (!pending_.empty()) {
      const std::string part = pending_.front();
      pending_.pop_front();
      RECOVER_TRY(enter(part));
    }
    RECOVER_TRY(judge(here_, place_, Place::plugin_directory));
    return std::move(here_);
  }

 private:
  Result<void> restart() {
    here_ = sys::Descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    place_ = "/";
    return judge(here_, place_, Place::on_the_way);
  }

  Result<void> enter(const std::string& part) {
    const std::string path = place_ + (place_.back() == '/' ? "" : "/") + part;
    sys::Descriptor next(::openat(here_.get(), part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!next) return make_system_error(errors::plugin_missing, "cannot open " + path, errno);
    RECOVER_TRY(judge(next, path, Place::on_the_way));
    if (!is_link_) {
      here_ = std::move(next);
      place_ = path;
      return {};
    }
    if (++links_ > most_links) return untrusted(library_, path, "is part of a loop of links");
    const std::string target = RECOVER_TRY(read_link(next, path));
    const auto parts = components_of(target);
    pending_.insert(pending_.begin(), parts.begin(), parts.end());
    if (target.front() == '/') return restart();
    return {};
  }

  Result<void> judge(const sys::Descriptor& component, const std::string& path, Place place) {
    struct ::stat status {};
    if (!component || ::fstat(component.get(), &status) != 0) {
      return make_system_error(errors::plugin_untrusted, "cannot look at " + path, errno);
    }
    is_link_ = S_ISLNK(status.st_mode);
    if (const std::string flaw = flaw_of(status, place); !flaw.empty())
      return untrusted(library_, path, flaw);
    return {};
  }

  std::string library_;
  sys::Descriptor here_;
  std::string place_;
  std::deque<std::string> pending_;
  bool is_link_ = false;
  int links_ = 0;
};

bool read_exactly(int file, void* to, std::size_t length, std::uint64_t offset) {
  return ::pread(file, to, length, static_cast<off_t>(offset)) == static_cast<ssize_t>(length);
}

}  // namespace

Result<sys::Descriptor> open_trusted(const std::string& path) {
  if (path.empty() || path.front() != '/') return untrusted(path, "the path", "is not absolute");
  const std::size_t slash = path.rfind('/');
  const sys::Descriptor directory = RECOVER_TRY(Walk(path).to_directory(path.substr(0, slash)));
  const std::string name = path.substr(slash + 1);
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  sys::Descriptor library(
      ::openat(directory.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!library && errno == ELOOP) return untrusted(path, path, "is a symbolic link, not a file");
  if (!library && errno == ENOENT) return make_error(errors::plugin_missing, path + " is not there");
  if (!library) return make_system_error(errors::plugin_load_failed, "cannot open " + path, errno);
  struct ::stat status {};
  if (::fstat(library.get(), &status) != 0) {
    return make_system_error(errors::plugin_load_failed, "cannot look at " + path, errno);
  }
  if (!S_ISREG(status.st_mode)) return untrusted(path, path, "is not a regular file");
  if (const std::string flaw = flaw_of(status, Place::library); !flaw.empty()) {
    return untrusted(path, path, flaw);
  }
  return library;
}

Result<void> check_complete(const sys::Descriptor& library, const std::string& path) {
  const auto refuse = [&path](const std::string& cause) {
    return make_error(errors::plugin_load_failed, "cannot load " + path, cause).with("path", path);
  };
  struct ::stat status {};
  Elf64_Ehdr header{};
  if (::fstat(library.get(), &status) != 0 || !read_exactly(library.get(), &header, sizeof header, 0)) {
    return refuse("the file is too short for a library");
  }
  const std::string magic(reinterpret_cast<const char*>(header.e_ident), SELFMAG);
  if (magic != std::string(ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64) {
    return refuse("the file is not a 64-bit ELF library");
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  if (header.e_phentsize != sizeof(Elf64_Phdr) ||
      !read_exactly(library.get(), segments.data(), segments.size() * sizeof(Elf64_Phdr), header.e_phoff)) {
    return refuse("the file ends before its program headers");
  }
  std::uint64_t end = header.e_shoff + std::uint64_t{header.e_shnum} * header.e_shentsize;
  for (const Elf64_Phdr& segment : segments) end = std::max(end, segment.p_offset + segment.p_filesz);
  if (end > size) return refuse(fmt::format("the file is cut off: {} of {} bytes are there", size, end));
  return {};
}

}  // namespace recover::plugin
