/// The only way to open something in a source: openat2 below a root, O_PATH and fstat first, regular
/// files only, read-only, without touching access times.
#pragma once

#include "core/sys/descriptor.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace recover::sys {

/// Opens the root directory of a source (O_PATH|O_DIRECTORY). Errors: source.not_found,
/// source.unreadable.
Result<Descriptor> open_source_root(const std::string& absolute_path);

/// Opens a regular file below `root` for reading (RESOLVE_BENEATH, no links, O_NOATIME where the
/// kernel allows it). `status` receives its fstat. Errors: source.not_found, source.unreadable,
/// source.unsafe_path (not a regular file, or a link).
Result<Descriptor> open_source_file(int root, const std::string& relative, struct ::stat* status);

/// The cheap form for one name of an open directory, used for a million heads. `status` is what
/// fstatat(AT_SYMLINK_NOFOLLOW) said about `name` and must be a regular file's. Empty when it cannot be
/// opened (errno says why) or when another file took the name since (ESTALE).
Descriptor open_listed_file(int directory, const char* name, const struct ::stat& status);

/// Where a symbolic link below the root of a source leads.
struct LinkEnd {
  std::string path;  ///< below the root, without any link in it
  bool is_directory = false;
};

/// Follows the link at `relative`, but never out of the source: `root_path` is the root's own absolute
/// path, links that spell it out are understood. Nothing is opened for reading. Errors: source.not_found
/// (it leads nowhere), source.unsafe_path (it leads out of the source, or to neither a file nor a
/// directory).
Result<LinkEnd> follow_link_beneath(int root, const std::string& root_path, const std::string& relative);

/// The cheap form for one name of an open directory, or a path without links below it; "" is the
/// directory itself. Empty: errno says why.
Descriptor open_listed_directory(int directory, const std::string& name);

/// Opens a directory below `root` for listing.
Result<Descriptor> open_source_directory(int root, const std::string& relative);

/// What must be equal before and after a file is used.
struct Identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};
Identity identity_of(const struct ::stat& status);

}  // namespace recover::sys
