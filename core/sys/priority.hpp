/// Stepping back for others.
#pragma once

#include <optional>
#include <string>

namespace recover::sys {

enum class DiskClass { idle, best_effort };

struct Priority {
  bool is_nice = false;           ///< niceness of at least 10
  std::optional<DiskClass> disk;  ///< empty: as it is
};

/// Lowers the priority of the calling thread, and so of all threads and children that it will start. Nothing
/// can be taken back without rights. Returns why it could not be done; empty when it was.
std::string lower_priority(const Priority& priority);

}  // namespace recover::sys
