/// A read-only view of a source tree. Implemented over a real directory (fd-relative, nothing is
/// ever opened for writing) and over the index of an archive, so that a probe does not know where
/// its bytes come from.
#pragma once

#include "recover/byte_source.hpp"
#include "recover/result.hpp"
#include "recover/units.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace recover {

enum class EntryType { file, directory, symlink, other };

struct Entry {
  std::string name;
  EntryType type = EntryType::other;
};

struct EntryInfo {
  EntryType type = EntryType::other;
  Bytes size;
  Bytes allocated;
  std::int64_t modified = 0;  ///< seconds since the epoch
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::uint32_t mode = 0;  ///< permission bits
};

/// Paths are relative to the tree's root, '/'-separated, "" is the root itself, never contain "..".
/// Names are bytes, not necessarily UTF-8. Calls are safe from several threads at once.
class Tree {
 public:
  virtual ~Tree();

  /// The entries of a directory in no particular order. Errors: source.unreadable,
  /// source.not_found.
  virtual Result<std::vector<Entry>> list(const std::string& directory) = 0;
  /// Type, size, owner, times of the entry itself (links are not followed).
  virtual Result<EntryInfo> info(const std::string& path) = 0;
  /// Up to `length` bytes from `offset` of a regular file (nothing else is ever opened). Shorter at
  /// the end of the file. In an archive only the files that the manifest asks to keep, and the
  /// first 64 KiB of others, can be read: beyond that source.not_kept.
  virtual Result<std::string> read(const std::string& path, std::uint64_t offset, std::size_t length) = 0;
  /// Like read() from offset 0, but through gzip, zstd, lz4, xz or bzip2 where the file is one.
  virtual Result<std::string> read_decoded_head(const std::string& path, std::size_t length) = 0;
  /// The whole content of a regular file from front to back, through up to two layers of gzip, zstd,
  /// lz4, xz or bzip2. `path` may name a member of an archive, and of an archive in it
  /// ("a.tar.gz!dumps/x.sql.gz"): it is streamed out of the archive, nothing is unpacked. Opening may
  /// take as long as reading the archive up to that member. Errors here: source.*, archive.*; while
  /// reading, also archive.truncated and archive.damaged at the place, source.changed, run.cancelled.
  /// Trees that cannot stream (source.not_kept) need not implement it.
  virtual Result<std::unique_ptr<ContentSource>> open_content(const std::string& path);
  /// Hands over every regular file of the archive `path`, once, in its order: the path inside of it and the
  /// bytes, which are there until `take` returns. Hard links are left out, nothing is unpacked. Errors: those
  /// of `take`, and as open_content(). Trees that cannot stream need not implement it.
  using TakeMember = std::function<Result<void>(const std::string& member, ByteSource& content)>;
  virtual Result<void> each_member(const std::string& path, const TakeMember& take);
  /// Copies the files that lie right in a directory, as they are stored, into `to`: an absolute path outside
  /// of the source, made for `owner` (a system user; empty: ours). `directory` may lie in an archive
  /// ("a.tar.gz!dumps/shop"), which is read twice: nothing is written unless all of it is sound. Links and
  /// special files are left out. Returns what was written. Errors: source.*, archive.*,
  /// disk.not_enough_space, disk.full, target.*, run.cancelled. Trees that are no real directory need not
  /// implement it (source.not_kept).
  virtual Result<Bytes> unpack(const std::string& directory, const std::string& to, const std::string& owner);
  /// The text of a symbolic link.
  virtual Result<std::string> link_target(const std::string& path) = 0;
  /// Where this entry lies, for people and reports ("/mnt/disk/base.tar.gz!base/PG_VERSION").
  [[nodiscard]] virtual std::string describe(const std::string& path) const = 0;
  /// False for an archive's index: a direct copy needs real files.
  [[nodiscard]] virtual bool is_directory_tree() const = 0;

  /// True when an entry of that name exists (of whatever type).
  bool has(const std::string& path);
  /// True when it exists and is a directory (not a link to one).
  bool has_directory(const std::string& path);
  /// True when it exists and is a regular file.
  bool has_file(const std::string& path);
};

/// "a/b" from "a" and "b"; either may be empty.
std::string join_path(const std::string& directory, const std::string& name);

}  // namespace recover
