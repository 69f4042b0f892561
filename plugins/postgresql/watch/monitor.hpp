/// Looks at a server while it works for us: waits for locks, index builds, COPY.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/watch/lock_wait.hpp"
#include "recover/host.hpp"
#include "recover/model.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql::watch {

struct MonitorOptions {
  Endpoint endpoint;                  ///< its application names the sessions that are watched
  std::string database = "postgres";  ///< any; it only has to exist
  LockLimits limits;
};

/// The name of a plan's sessions at its server.
std::string application_of(const Plan& plan);

/// As the plan wants it (plan_fact), for sessions named application_of(plan).
MonitorOptions monitor_options(const Plan& plan, Endpoint endpoint, std::string database = "postgres");

/// Watches with a thread and a connection of its own as long as it lives. It never fails the work because it
/// cannot look; where a wait is to be ended as a failure it asks the work to stop.
class Monitor {
 public:
  /// `context` is borrowed.
  Monitor(MonitorOptions options, StepContext& context);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// What the watched work must obey; it also stops when the context's own token says so.
  [[nodiscard]] CancellationToken token() const;
  /// Why the work was asked to stop; nothing when it was not.
  [[nodiscard]] std::optional<Error> failure() const;
  /// Which sessions were ended, for the report.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Does `work`, which must obey the context that it is given, under the eyes of a monitor. Sessions that were
/// ended become warnings of the report. Errors: those of `work`, postgresql.lock_timeout.
Result<void> watched(MonitorOptions options, StepContext& context,
                     const std::function<Result<void>(StepContext&)>& work);

}  // namespace recover::postgresql::watch
