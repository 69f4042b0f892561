/// How much work a task of a load is, measured in the bytes of its table's rows: what is long begins first.
#pragma once

#include "postgresql/load/task.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace recover::postgresql::load {

/// The rows of every table as far as they were read. Not thread-safe.
class TableSizes {
 public:
  /// Counts the rows that this task brings; other tasks bring none.
  void add(const Task& task);
  /// In bytes of rows that are touched once; 0 for what is over in a moment.
  [[nodiscard]] std::uint64_t work_of(const Task& task) const;

 private:
  std::map<std::pair<std::string, std::string>, std::uint64_t> bytes_;  ///< by database and table
};

}  // namespace recover::postgresql::load
