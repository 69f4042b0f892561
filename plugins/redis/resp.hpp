/// The commands of an append-only file, counted without being understood.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <string>

namespace recover::redis {

struct Commands {
  std::uint64_t count = 0;
  std::uint64_t whole_until = 0;    ///< offset behind the last complete command
  std::uint64_t applied_until = 0;  ///< offset behind the last one outside MULTI ... EXEC
  bool is_garbage = false;          ///< stopped at bytes that are no command (else at the end)
};

/// Walks the commands of `path` from `offset` to its end, or until `limit` bytes were passed. Skips over
/// arguments, so that it reads less than the file.
Result<Commands> walk_commands(Tree& tree, const std::string& path, std::uint64_t offset,
                               std::uint64_t limit);

/// True when these first bytes are commands: "*2\r\n$6\r\nSELECT\r\n..." or a time-stamp comment.
bool begins_with_command(const std::string& head);

}  // namespace recover::redis
