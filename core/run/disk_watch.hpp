/// Watches the space of a run while it works, so that a disk that fills up is known before it is full.
#pragma once

#include "core/run/run.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace recover::run {

/// One file system at one moment.
struct Space {
  std::string mount;
  std::uint64_t free = 0;  ///< bytes that an unprivileged user may still write
  std::uint64_t used = 0;  ///< bytes that anybody has written
};

/// Says once of each limit that it is passed: 85, 90, 95 % used, less free than must stay free.
class SpaceLimits {
 public:
  explicit SpaceLimits(std::uint64_t min_free) : min_free_(min_free) {}
  /// disk_low, or nothing new. Passing several limits at once is told as the last of them.
  std::optional<Notice> judge(const Space& space);

 private:
  std::uint64_t min_free_;
  std::size_t told_ = 0;  ///< limits that were told
};

/// Looks every few seconds as long as it lives, and tells where the staging directories are and how full.
class DiskWatch {
 public:
  /// Everything is borrowed. Plans without a staging directory are not watched.
  DiskWatch(const std::vector<Plan>& plans, std::uint64_t min_free, Progress& progress, Host& host);
  ~DiskWatch();
  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;

  /// What was warned of, for the report.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace recover::run
