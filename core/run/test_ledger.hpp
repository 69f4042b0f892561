/// The restore tests of a state directory: STATE/restore-tests.jsonl, one line each (docs/formats/run.md).
#pragma once

#include "core/run/run.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::run {

/// One restore test that came to an end.
struct TestRecord {
  std::int64_t finished = 0;  ///< seconds since the epoch
  std::string source;         ///< NAME of a [source.NAME]; empty when a path was given
  bool is_passed = false;
  std::size_t restored = 0;  ///< databases that were restored and compared
  double seconds = 0;
};

/// Adds a line. Errors: target.*, disk.full.
Result<void> record_test(const StateDirectory& state, const TestRecord& test, Host& host);

/// All of them, oldest first. A line that is no record (a torn last one) is passed over.
std::vector<TestRecord> recorded_tests(const StateDirectory& state);

}  // namespace recover::run
