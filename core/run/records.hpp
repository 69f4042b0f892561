/// The files of one run's directory, STATE/runs/RUN/. Each is replaced as a whole or not at all.
#pragma once

#include "core/run/run.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::run {

/// A run's directory and the names in it.
struct RunDirectory {
  std::string path;

  [[nodiscard]] std::string journal() const { return path + "/journal.jsonl"; }
  [[nodiscard]] std::string plan() const { return path + "/plan.json"; }
  [[nodiscard]] std::string report() const { return path + "/report.json"; }
  [[nodiscard]] std::string html() const { return path + "/report.html"; }
  [[nodiscard]] std::string verification() const { return path + "/verification.json"; }
  [[nodiscard]] std::string status() const { return path + "/status.json"; }
  [[nodiscard]] std::string lock() const { return path + "/running"; }
  [[nodiscard]] std::string item(std::size_t number) const {
    return path + "/item-" + std::to_string(number) + ".json";
  }
};

/// Makes the state directories (0711 where a server must pass through, 0700 elsewhere) and the run's.
Result<RunDirectory> make_run_directory(const StateDirectory& state, const std::string& run, Host& host);

Result<void> save_plan(const RunDirectory& directory, const RunPlan& plan);
Result<RunPlan> load_plan(const RunDirectory& directory);

/// The report of an item before anything was done.
ItemReport new_item(const Plan& plan);

/// The files that tell of a run, by what they are: manifest, journal, plan, report, html.
std::vector<std::pair<std::string, std::string>> artifacts_of(const RunDirectory& directory,
                                                              const Report& report);

/// What is known of one item; written after every change of its state so that a resumed run still has
/// the checks of the interrupted one.
Result<void> save_item(const RunDirectory& directory, std::size_t number, const ItemReport& item);
std::optional<ItemReport> load_item(const RunDirectory& directory, std::size_t number);

/// status.json (recover.status/1): what a running run is doing.
Result<void> save_status(const RunDirectory& directory, const std::string& run, const std::string& source,
                         const std::string& status, const std::string& doing, std::int64_t started);

/// report.json, and the same as report.html.
Result<void> save_report(const RunDirectory& directory, const Report& report);
/// verification.json: the last repetition of the checks (recover verify RUN).
Result<void> save_verification(const RunDirectory& directory, const Report& report);

/// Fields of status.json, empty when it is missing.
struct StoredStatus {
  std::string status;
  std::string source;
  std::int64_t started = 0;
};
StoredStatus load_status(const RunDirectory& directory);

}  // namespace recover::run
