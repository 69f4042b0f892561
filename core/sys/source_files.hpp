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
