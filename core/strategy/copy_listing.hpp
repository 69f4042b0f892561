/// What a CopyTree means for this source: directories to make, files to copy, names left out.
#pragma once

#include "recover/action.hpp"
#include "recover/cancel.hpp"
#include "recover/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::strategy {

/// One regular file of the source and its name in the target.
struct ListedFile {
  std::string from;  ///< relative to the copied directory of the source
  std::string to;    ///< relative to the target
  std::uint64_t size = 0;
  std::uint64_t allocated = 0;
  std::int64_t modified_ns = 0;
};

struct CopyListing {
  std::vector<std::string> directories;  ///< in the target, parents before children
  std::vector<ListedFile> files;         ///< directory by directory, without those of `last`
  std::vector<ListedFile> last;          ///< in the order of CopyTree::last
  std::vector<std::string> skipped;      ///< links, devices, FIFOs, sockets
};

/// Walks the source. `source` is the descriptor of the copied directory. Links are never followed. A
/// name in CopyTree::rename is copied even where a glob of CopyTree::exclude matches it. Errors:
/// source.*, run.cancelled.
Result<CopyListing> list_copy(int source, const CopyTree& spec, const CancellationToken& cancel);

}  // namespace recover::strategy
