/// One Lucene index on disk.
#pragma once

#include "elasticsearch/lucene.hpp"
#include "recover/tree.hpp"

#include <string>
#include <vector>

namespace recover::elasticsearch {

struct Shard {
  std::string commit_name;  ///< "segments_5"; empty: there is no commit
  Commit commit;
  std::int64_t modified = 0;
  std::vector<std::string> flaws;  ///< sentences
};

/// Reads the newest commit and the footers of the files in an index directory.
Shard read_shard(Tree& tree, const std::string& directory);

}  // namespace recover::elasticsearch
