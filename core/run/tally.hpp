/// What the records of a state directory say in numbers: counters over all runs, and the newest values.
#pragma once

#include "core/run/run.hpp"
#include "core/run/test_ledger.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace recover::run {

/// The restores of one database.
struct DatabaseTally {
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t rolled_back = 0;
  std::int64_t last_success = 0;  ///< end of the run that recovered it last; 0: none did
  double seconds = 0;             ///< of that run, as is everything below
  Bytes bytes;
  std::optional<std::int64_t> rows;
};

/// The restore tests of one source.
struct TestTally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::int64_t last_passed = 0;  ///< 0: none did
  double last_seconds = 0;
  std::size_t last_restored = 0;
};

struct Tally {
  std::map<RunStatus, std::uint64_t> runs;
  std::map<std::pair<std::string, std::string>, DatabaseTally> databases;  ///< by engine and name
  std::map<std::string, std::uint64_t> errors;                             ///< by id
  std::uint64_t ignored_settings = 0;
  std::map<std::string, TestTally> tests;  ///< by name of the source, "" where a path was given
  std::int64_t last_success = 0;           ///< end of the last run without failures; 0: there is none
  std::optional<Report> last;              ///< the newest run
  Bytes kept_old;                          ///< directories with old data that are still there
};

/// Counts everything on record. `present` is the newest run, whether or not it could be stored; nothing: the
/// newest one on record.
Tally tally_of(const StateDirectory& state, const std::optional<Report>& present);

}  // namespace recover::run
