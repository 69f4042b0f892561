/// What the threads of one scan have found so far.
#pragma once

#include "core/scan/scanner.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace recover::scan {

/// A confirmed finding. Its tree may be measured by several threads at once.
struct Found {
  explicit Found(Finding confirmed, bool claims) : finding(std::move(confirmed)), claims_tree(claims) {}

  Finding finding;
  bool claims_tree = false;
  std::atomic<std::uint64_t> logical{0};
  std::atomic<std::uint64_t> allocated{0};
  std::atomic<std::uint64_t> files{0};
};

/// Thread-safe. References to Found stay valid.
class Collection {
 public:
  Found& add(Finding finding, bool claims_tree);
  void add_error(Error error);
  void add_warning(std::string warning);  ///< the same text is kept once
  void add_unreadable(std::string path, int error_number);
  void count_entries(std::uint64_t entries, std::uint64_t bytes = 0);
  [[nodiscard]] std::uint64_t entries() const { return entries_.load(std::memory_order_relaxed); }

  /// True when this path lies in (or is) a directory that an engine claimed.
  [[nodiscard]] bool is_claimed(const std::string& path);

  /// Everything, in no particular order; sizes that were measured are filled in. Call it last.
  [[nodiscard]] Outcome take();

 private:
  std::mutex mutex_;
  std::deque<Found> found_;
  std::vector<Error> errors_;
  std::vector<std::string> warnings_;
  std::vector<Unreadable> unreadable_;
  std::uint64_t unreadable_count_ = 0;
  std::atomic<std::uint64_t> entries_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace recover::scan
