/// One connection of a load: takes tasks that may run, and runs them.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/load/options.hpp"
#include "postgresql/load/schedule.hpp"
#include "postgresql/load/tally.hpp"
#include "recover/host.hpp"

#include <optional>

namespace recover::postgresql::load {

/// Not thread-safe itself; several of them share schedule and tally.
class Worker {
 public:
  Worker(unsigned number, const LoadOptions& options, Schedule& schedule, Tally& tally, StepContext& context)
      : number_(number), options_(options), schedule_(schedule), tally_(tally), context_(context) {}

  /// Runs tasks until the schedule has none left; a failure is told to the schedule.
  void work();

 private:
  [[nodiscard]] Error told(Error error, const Task& task) const;
  Result<void> run(const Task& task);
  Result<void> enter(const SessionState& wanted);
  Result<void> check_strings(const Task& task) const;
  Result<void> apply_setting(const std::string& statement);
  Result<void> share_processors(const Task& task);
  Result<void> execute(const Task& task);
  Result<std::uint64_t> execute_once(const Task& task);
  Result<std::uint64_t> insert(const Task& task);
  Result<void> refused(const Task& task, const std::string& state);
  [[nodiscard]] bool was_made_before(const Task& task, const std::string& state) const;
  [[nodiscard]] bool is_entered(const Task& task) const;
  [[nodiscard]] std::string entry(const Task& task, const DoneTask& done) const;
  Result<void> create_database(const Task& task);
  Result<void> copy(const Task& task);
  Result<std::string> columns_to_normalise(const Task& task);
  Result<std::uint64_t> send_rows(const Task& task, bool is_ours, dump::RowSum& sum);
  Result<void> enter_rows(const Task& task, const DoneTask& done, bool is_ours);
  Result<void> make_missing_role(const Error& refusal);
  Result<void> go_without_role(const Task& task, const Error& refusal);
  Result<bool> is_left_alone(const Task& task);
  bool is_about_foreign_roles(const Task& task);
  Result<void> provide_tablespace(const Task& task);
  Result<bool> exists(const std::string& catalog, const std::string& name);
  bool is_beyond_our_rights(const Task& task, const std::string& state) const;
  Result<void> warn(const std::string& warning);

  unsigned number_;
  const LoadOptions& options_;
  Schedule& schedule_;
  Tally& tally_;
  StepContext& context_;
  std::optional<Connection> connection_;
  SessionState state_;
  std::optional<unsigned> helpers_;  ///< processes an index may be built with besides our own; none: as set
};

}  // namespace recover::postgresql::load
