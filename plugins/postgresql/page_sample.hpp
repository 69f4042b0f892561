/// A quick look at the edges of every relation: are the data files newer than the log?
#pragma once

#include "postgresql/wal_position.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::postgresql {

struct PageSample {
  std::uint64_t files = 0;
  Lsn newest;  ///< largest page position seen
  std::string newest_file;
  std::int64_t latest_change = 0;  ///< newest modification time of a data file
  std::string latest_file;
  std::vector<std::string> partial_files;  ///< sizes that are not whole pages
};

/// Reads the headers of the first and the last page of each relation file in global and base.
PageSample sample_pages(Tree& tree, const std::string& data_path, std::uint32_t block_size);

}  // namespace recover::postgresql
