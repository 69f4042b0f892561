/// Shards below a directory: their TSM files, and whether those are whole.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::influxdb {

struct Shards {
  std::uint64_t shards = 0;
  std::uint64_t files = 0;
  std::int64_t newest = 0;               ///< seconds since the epoch
  std::vector<std::string> flaws;        ///< sentences, at most 20
  std::vector<std::string> directories;  ///< databases (1.x) or bucket ids (2.x) with shards
};

/// Looks through DIRECTORY/DATABASE/POLICY/SHARD/*.tsm; depth and number are bounded.
Shards look_through(Tree& tree, const std::string& directory);

/// Adds the files of one shard directory.
void add_shard(Shards& shards, Tree& tree, const std::string& directory);

/// What is wrong with a TSM file of this size, given its first 5 and last 8 bytes; empty: nothing.
std::string tsm_flaw(std::string_view head, std::string_view tail, std::uint64_t size);

}  // namespace recover::influxdb
