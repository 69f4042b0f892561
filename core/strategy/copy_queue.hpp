/// Which thread copies what: small files directory by directory, large ones largest first.
#pragma once

#include "core/strategy/copy_listing.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace recover::strategy {

/// A run of small files of one directory, or one large file.
struct CopyUnit {
  std::vector<const ListedFile*> files;
};

/// What a thread takes first; when it is used up it helps with the other.
enum class Preference { small_files, large_files };

/// Thread-safe. Two threads creating files in one directory get into each other's way (PERFORMANCE
/// §2), so one begins with the small files and all others with the large ones.
class CopyQueue {
 public:
  /// Borrows `files`.
  explicit CopyQueue(const std::vector<ListedFile>& files);
  std::optional<CopyUnit> next(Preference preference);
  [[nodiscard]] std::size_t size() const { return small_.size() + large_.size(); }

 private:
  std::mutex mutex_;
  std::deque<CopyUnit> small_;  ///< in the order of the listing
  std::deque<CopyUnit> large_;  ///< largest first
};

}  // namespace recover::strategy
