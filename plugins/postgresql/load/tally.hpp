/// What was taken out of the dump so far, table by table.
#pragma once

#include "postgresql/dump/row_sum.hpp"
#include "postgresql/load/record.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql::load {

/// Thread-safe.
class Tally {
 public:
  /// The rows of one COPY: `sum` counted and summed them as they lie in the dump.
  void add_copy(const std::string& database, const std::string& table, const std::string& columns,
                const dump::RowSum& sum, const std::string& normalised);
  /// Rows that came as INSERT: the server counted them, and there is no sum.
  void add_rows(const std::string& database, const std::string& table, std::uint64_t rows);
  void add_role(const std::string& role);
  void add_warning(const std::string& warning);

  /// Moves everything into the record.
  void move_to(LoadRecord& record);

 private:
  struct Entry {
    std::string columns;
    std::string normalised;
    dump::RowSum sum;
    std::uint64_t inserted = 0;
    bool has_sum = true;
  };
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Entry> tables_;  ///< by database and table
  std::set<std::string> roles_;
  std::vector<std::string> warnings_;
};

}  // namespace recover::postgresql::load
