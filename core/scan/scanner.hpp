/// One pass over a tree for all manifests: names first, heads where names leave it open.
#pragma once

#include "core/plugin/catalog.hpp"
#include "recover/cancel.hpp"
#include "recover/model.hpp"
#include "recover/progress.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace recover::scan {

struct Limits {
  unsigned max_depth = 64;
  std::uint64_t max_entries = 20'000'000;
  unsigned archive_nesting = 2;
  std::uint64_t archive_max_entries = 5'000'000;
  std::uint64_t max_unpacked_bytes = 0;  ///< 0 = unlimited (nothing is written to disk while scanning)
  std::size_t max_path_bytes = 4096;
  std::size_t archive_memory = 96u << 20;  ///< for the beginnings of members, per archive on disk
};

struct Options {
  std::string source;  ///< absolute path: a directory or one file
  Limits limits;
  bool one_file_system = false;
  bool look_inside_archives = true;
  bool follow_links_inside = false;  ///< --follow-symlinks=inside: never out of the source
  std::vector<std::string> exclude;  ///< path_filter.hpp: globs on names or relative paths
  std::vector<std::string> include;  ///< empty: everything
  unsigned threads = 0;              ///< 0 = chosen by the scanner
  bool group_small_files = true;     ///< false: --all, every application file is its own row
};

/// A path that could not be read, with the errno text.
struct Unreadable {
  std::string path;
  std::string reason;
};

struct Outcome {
  Survey survey;  ///< findings with ids, sizes, relations; best order for people
  std::uint64_t entries = 0;
  Bytes bytes;
  double seconds = 0;
  std::uint64_t unreadable_count = 0;
  std::vector<Unreadable> unreadable;  ///< the first 1000
  std::vector<std::string> warnings;   ///< loops, depth cap, limits, missing plugins
  std::vector<Error> errors;           ///< candidates that could not be probed (damaged archives...)
  bool stopped_early = false;          ///< cancelled; what was found so far is still here
};

/// Scans. An Error only when the source itself cannot be looked at; everything else is in Outcome.
/// A source that is itself a truncated archive or such is reported in Outcome::errors.
Result<Outcome> scan(const Options& options, plugin::Catalog& catalog, Progress& progress,
                     const CancellationToken& cancel);

/// A read-only view of the tree at an absolute path (fd-relative, openat2 RESOLVE_BENEATH, O_NOATIME,
/// O_PATH + fstat before any open). What is streamed from it ends with run.cancelled once `cancel` says
/// so. Errors: source.not_found, source.unreadable.
Result<std::unique_ptr<Tree>> open_tree(const std::string& absolute_path, CancellationToken cancel = {});

/// The file of a directory tree that holds `path`: itself, or the archive that it is a member of.
std::string stored_path(Tree& tree, const std::string& path);

}  // namespace recover::scan
