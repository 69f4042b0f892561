/// A snapshot file in a tree: its head, and whether all of it is here.
#pragma once

#include "recover/model.hpp"
#include "recover/tree.hpp"
#include "redis/rdb.hpp"

#include <string>

namespace recover::redis {

/// States product, version, keys and times of a snapshot in `finding`. `file_name` is named as source.
void state_snapshot(Finding& finding, const RdbHead& head, const std::string& file_name);

/// Largest snapshot whose checksum is computed while scanning.
constexpr std::uint64_t scan_checksum_limit = 16U << 20U;

/// Whether the snapshot ends as it must and, up to `checksum_limit` bytes, has the right checksum.
Result<Health> judge_snapshot(Tree& tree, const std::string& path, std::uint64_t checksum_limit);

}  // namespace recover::redis
