/// Streams an archive once and remembers what recognising needs.
#pragma once

#include "core/scan/archive_tree.hpp"
#include "core/scan/pass.hpp"
#include "core/sys/archive.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace recover::scan {

struct ArchiveIndex {
  std::unique_ptr<ArchiveTree> tree;
  std::string path;  ///< relative to the source ("a.tar.gz", "a.tar.gz!b.zip")
  std::optional<Error>
      problem;  ///< the archive ended early or a limit stopped it; the tree is what came before
  std::vector<std::string>
      unsafe;  ///< members that would leave the tree, devices and the like, with the reason
  std::uint64_t passed_over = 0;  ///< members nobody looked at, because the memory for heads was used up
  std::vector<std::pair<std::string, ArchiveIndex>> nested;  ///< member path -> archive in the archive
};

/// Reads all members of `source`. `path` is the archive's place below the scanned root, `nesting` 0 for
/// an archive on disk. Never fails as a whole: problems are part of the index.
ArchiveIndex index_archive(const Pass& pass, sys::ByteSource& source, const std::string& path,
                           unsigned nesting);

}  // namespace recover::scan
