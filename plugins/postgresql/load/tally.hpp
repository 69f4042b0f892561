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
  /// Where a sequence is put; the last word counts.
  void set_sequence(const std::string& database, const std::string& sequence, const std::string& state);
  /// A refusal that leaves nothing missing.
  void add_refusal(const std::string& state);
  /// A task that an earlier attempt finished; `filled` when it filled a table.
  void add_passed_over(bool filled);
  void add_role(const std::string& role);
  /// False when it was there before.
  bool add_warning(const std::string& warning);
  /// Something of a kind that may come a thousand times: counted, told with its first line.
  void add_note(const std::string& what, std::uint64_t line);

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
  std::map<std::pair<std::string, std::string>, Entry> tables_;           ///< by database and table
  std::map<std::pair<std::string, std::string>, std::string> sequences_;  ///< by database and sequence
  std::set<std::string> roles_;
  struct Note {
    std::uint64_t count = 0;
    std::uint64_t line = 0;
  };
  std::vector<std::string> warnings_;
  std::map<std::string, std::uint64_t> refusals_;  ///< how many, by SQLSTATE
  std::uint64_t passed_over_ = 0;
  std::uint64_t tables_passed_over_ = 0;
  std::map<std::string, Note> notes_;
};

}  // namespace recover::postgresql::load
