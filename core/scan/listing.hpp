/// Directories as the kernel delivers them: names and types, without a stat per entry.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace recover::scan {

struct ListedEntry {
  std::string_view name;  ///< NUL-terminated; valid until the next call of the same lister
  EntryType type = EntryType::other;
  std::uint64_t inode = 0;
};

/// One per thread.
class Lister {
 public:
  Lister();
  /// Calls `visit` for each entry but "." and "..". Returns 0 or the errno that ended the listing.
  int list(int directory, const std::function<void(const ListedEntry&)>& visit);

 private:
  static constexpr std::size_t buffer_size = 256 * 1024;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace recover::scan
