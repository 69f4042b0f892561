/// Files that are BSON documents one after the other: do the lengths lead to the end?
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <string>

namespace recover::mongodb {

struct Documents {
  std::uint64_t count = 0;
  std::uint64_t whole_until = 0;  ///< offset behind the last whole document
  bool is_damaged = false;        ///< stopped at bytes that are no document (else at the end)
};

/// Follows the lengths from the beginning of the file, up to `limit` bytes.
Result<Documents> walk_documents(Tree& tree, const std::string& path, std::uint64_t limit);

}  // namespace recover::mongodb
