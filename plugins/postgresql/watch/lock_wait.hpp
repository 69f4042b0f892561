/// Waits for locks of others: what is told about them, and what is done about them. Values only.
#pragma once

#include "recover/error.hpp"
#include "recover/progress.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace recover::postgresql::watch {

/// A session that holds what one of ours waits for.
struct Blocker {
  int pid = 0;  ///< 0: no session, but a prepared transaction
  std::string user;
  std::string application;
  std::string state;  ///< "active", "idle in transaction"
  std::string query;  ///< its last statement; of a prepared transaction its name
  double age = 0;     ///< seconds since its transaction began
};

/// One of our sessions that waits.
struct LockWait {
  int pid = 0;
  std::string database;
  std::string mode;   ///< of the lock: "AccessExclusiveLock"
  std::string query;  ///< what waits
  double seconds = 0;
  std::vector<Blocker> blockers;
};

enum class LockAction { wait, fail, terminate };

struct LockLimits {
  std::int64_t timeout = 60;  ///< seconds; 0 = without end
  LockAction action = LockAction::fail;
};

/// "wait", "fail" or "terminate"; fail for any other word.
LockAction lock_action(const std::string& word);

enum class Decision { go_on, fail, terminate };

/// What a wait of this length asks for. A prepared transaction cannot be terminated: it ends as a failure.
Decision decide(const LockWait& wait, const LockLimits& limits);

/// "Waiting for exclusive lock (17 seconds)", later "approaching (43/60)", with whom it waits for.
std::string wait_text(const LockWait& wait, const LockLimits& limits);

/// "pid 4711 (psql, user app, idle in transaction for 312 s): LOCK TABLE orders".
std::string blocker_text(const Blocker& blocker);

/// postgresql.lock_timeout, naming the blocker.
Error lock_timeout_error(const LockWait& wait, const LockLimits& limits);

/// Measures waits from one look at the server to the next, and tells of them. Not thread-safe.
class LockHistory {
 public:
  explicit LockHistory(const LockLimits& limits) : limits_(limits) {}

  /// What was seen at `now` (seconds of a monotonic clock): the same waits with their length, and one notice
  /// for the longest of them or for the last one that ended.
  std::vector<LockWait> update(std::vector<LockWait> seen, double now);
  /// What there is to tell after the last update.
  [[nodiscard]] const std::vector<Notice>& notices() const { return notices_; }

 private:
  struct Known {
    double since = 0;
    std::string mode;
  };
  LockLimits limits_;
  std::map<int, Known> waiting_;  ///< by pid of our session
  std::vector<Notice> notices_;
};

}  // namespace recover::postgresql::watch
