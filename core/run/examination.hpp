/// Looking at a whole source without recovering it: every finding read to its last byte and, where that is
/// wanted, a sample of the databases restored into a throw-away server.
#pragma once

#include "core/run/run.hpp"
#include "core/run/sample.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::run {

/// One finding that was looked at.
struct Examined {
  Finding finding;
  std::vector<Check> checks;
  std::vector<InnerDatabase> databases;  ///< that can be restored one by one
  double seconds = 0;
  /// failed, when a check failed; passed or warning, when one was made; else not_checked.
  [[nodiscard]] Verdict verdict() const;
};

/// What was restored of one finding.
struct RestoredItem {
  std::string id;                      ///< of the finding
  std::vector<std::string> databases;  ///< empty: all that it holds
  ItemReport report;
};

struct RestoreTest {
  std::uint64_t seed = 0;
  std::size_t databases = 0;  ///< that there are
  std::size_t restored = 0;   ///< that were restored and compared
  std::vector<RestoredItem> items;
  double seconds = 0;
  [[nodiscard]] bool is_passed() const;
};

struct ExaminationReport {
  std::string source;
  std::vector<Examined> items;
  std::vector<Error> errors;  ///< what could not even be recognised, damaged archives for instance
  std::vector<std::string> warnings;
  std::optional<RestoreTest> test;
  double seconds = 0;
  ExitCode exit = ExitCode::ok;
};

/// Everything that commands have at hand; borrowed.
struct Workshop {
  const StateDirectory& state;
  plugin::Catalog& catalog;
  Host& host;
  Progress& progress;
  const CancellationToken& cancel;
};

/// Reads every finding of the scan. Nothing is written anywhere. Errors: source.*, run.cancelled.
Result<ExaminationReport> examine(const scan::Outcome& scanned, const Wishes& wishes,
                                  const Workshop& workshop);

/// Restores a sample of the databases that were read whole, each finding in a state directory of its own
/// below STATE/restore-tests, which is removed in any case. A database that cannot be restored is a failed
/// item, not an Error. Errors: run.cancelled, target.*.
Result<RestoreTest> restore_test(const scan::Outcome& scanned, const ExaminationReport& examined,
                                 const SampleSize& size, std::uint64_t seed, const Wishes& wishes,
                                 const Policy& policy, const Workshop& workshop);

/// The exit code of a report with everything in it.
ExitCode exit_of(const ExaminationReport& report);

}  // namespace recover::run
