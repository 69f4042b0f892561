/// The order of a load: tasks come in the dump's order, and one may start as soon as no earlier one that
/// touches the same things is unfinished. Once all are known, those begin first on which the end depends.
#pragma once

#include "postgresql/load/table_sizes.hpp"
#include "postgresql/load/task.hpp"
#include "recover/result.hpp"

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql::load {

/// How far a load is, in things that are counted.
struct Standing {
  const char* things;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  ///< 0 = not known before everything is read
};

/// Thread-safe: one reader adds, several workers take.
class Schedule {
 public:
  /// At most `waiting_bytes` of statements wait; add() blocks the reader beyond that.
  explicit Schedule(std::size_t waiting_bytes) : waiting_limit_(waiting_bytes) {}

  /// False when the load has failed.
  bool add(Task task);
  /// No more tasks will come.
  void close();
  /// The next task that may run; nullptr when all is done or the load has failed. It belongs to the schedule
  /// and lives until it is given to done().
  const Task* take(unsigned worker);
  void done(const Task& task);
  /// The first failure ends the load: nothing more is handed out.
  void fail(Error error);
  /// Waits until every task that was added is done. Errors: the first failure.
  Result<void> wait_until_idle();
  /// Tasks that run or could run at this moment.
  [[nodiscard]] std::size_t at_work() const;
  /// Tables while there are any; then what is left behind the rows, mostly indexes and constraints.
  [[nodiscard]] Standing standing() const;

 private:
  struct Node {
    Task task;
    std::uint64_t number = 0;
    std::size_t unmet = 0;      ///< earlier tasks that must end first
    std::uint64_t urgency = 0;  ///< work from here to the end of what waits for it, see TableSizes
    bool is_taken = false;
    std::vector<Node*> successors;
  };
  struct Users {
    Node* exclusive = nullptr;
    std::vector<Node*> shared;
  };
  /// What is more urgent comes first (so it counts backwards), then the dump's order.
  using Turn = std::pair<std::uint64_t, std::uint64_t>;
  static Turn turn_of(const Node& node);
  static void depend(Node& later, Node* earlier);
  void connect(Node& node);
  void forget(Node& node);
  void make_ready(Node& node);
  void rank();
  Node* ready_for(unsigned worker) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Node> nodes_;        ///< unfinished, in the dump's order; addresses are stable
  std::map<Turn, Node*> ready_;  ///< wait for nothing and were not taken
  TableSizes sizes_;
  std::map<std::string, Users> users_;
  std::size_t taken_ = 0;  ///< and are not done
  std::uint64_t added_ = 0;
  std::uint64_t tables_ = 0;       ///< COPYs that were added
  std::uint64_t tables_done_ = 0;  ///< and that are done
  std::uint64_t at_close_ = 0;     ///< unfinished when no more came
  Node* barrier_ = nullptr;
  std::size_t waiting_limit_;
  std::size_t waiting_ = 0;
  bool closed_ = false;
  std::optional<Error> failure_;
};

}  // namespace recover::postgresql::load
