// Where configuration files are and who may have written them. The configuration decides what runs as
// root, so a file that others can change is refused (config.unsafe_permissions); owner and mode are
// taken from the opened file, not from its name, so that nobody can swap it in between. Places follow
// the XDG Base Directory Specification 0.8; a missing HOME is looked up in the account database.
#include "config/files.hpp"

#include "config/config.hpp"
#include "core/sys/descriptor.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace recover::config {

namespace {

namespace fs = std::filesystem;

constexpr const char* system_file = "/etc/recover/recover.conf";
constexpr const char* system_directory = "/etc/recover/conf.d";

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

std::string home() {
  const std::string given = variable("HOME");
  if (given.starts_with('/')) return given;
  std::array<char, 16384> buffer{};
  passwd account{};
  passwd* found = nullptr;
  ::getpwuid_r(::getuid(), &account, buffer.data(), buffer.size(), &found);
  return found == nullptr ? "/" : found->pw_dir;
}

/// $XDG_..., which must be absolute to count, or its default below the home directory.
std::string xdg(const char* name, const std::string& below_home) {
  const std::string given = variable(name);
  return given.starts_with('/') ? given : home() + "/" + below_home;
}

std::string fallback_file() {
  return xdg("XDG_CONFIG_HOME", ".config") + "/here/recovery.conf";
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Error unsafe(const std::string& path, const std::string& why) {
  return make_error(errors::config_unsafe_permissions, "will not read " + text::printable(path), why)
      .with("file", path);
}

std::string distrust(const struct ::stat& status) {
  if (!S_ISREG(status.st_mode)) return "it is not a regular file";
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return "it belongs to user " + std::to_string(status.st_uid) + ", neither root nor you";
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "its group or others may write to it";
  return "";
}

Result<std::string> read_all(int descriptor, const std::string& path) {
  // A configuration file is a page or two; a limit keeps a wrong path from filling the memory.
  constexpr std::size_t most = 1 << 20;
  std::string content;
  std::array<char, 16384> buffer{};
  while (content.size() <= most) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0) return make_system_error(errors::config_invalid, "cannot read " + path, errno);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return make_error(errors::config_invalid, "cannot read " + path, path + ": larger than 1 MiB");
}

}  // namespace

Result<std::string> read_safely(const std::string& path) {
  // O_NONBLOCK: a FIFO of that name must not make us wait for a writer.
  const sys::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) {
    if (errno == ELOOP) return unsafe(path, "it is a symbolic link");
    return make_system_error(errors::config_not_found, "cannot read " + text::printable(path), errno)
        .with("file", path);
  }
  struct ::stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return make_system_error(errors::config_invalid, "cannot read " + path, errno);
  }
  const std::string why = distrust(status);
  if (!why.empty()) return unsafe(path, why);
  return read_all(file.get(), path);
}

std::string user_file() {
  return xdg("XDG_CONFIG_HOME", ".config") + "/recover/recovery.conf";
}

std::vector<std::string> search_path() {
  std::vector<std::string> paths{system_file};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(system_directory, ignored)) {
    if (entry.path().extension() == ".conf") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin() + 1, paths.end());
  paths.push_back(user_file());
  if (!exists(user_file())) paths.push_back(fallback_file());
  return paths;
}

Result<Loaded> load(const std::string& explicit_path) {
  Loaded loaded;
  if (!explicit_path.empty()) {
    RECOVER_TRY(loaded.settings.read_file(explicit_path));
  } else {
    for (const auto& path : search_path()) {
      if (!exists(path)) continue;
      RECOVER_TRY(loaded.settings.read_file(path));
      if (path == fallback_file()) {
        loaded.notes.push_back("read " + path + "; its place is now " + user_file());
      }
    }
  }
  RECOVER_TRY(loaded.settings.read_environment());
  return loaded;
}

std::string default_state_directory() {
  return ::geteuid() == 0 ? "/var/lib/recover" : xdg("XDG_STATE_HOME", ".local/state") + "/recover";
}

}  // namespace recover::config
