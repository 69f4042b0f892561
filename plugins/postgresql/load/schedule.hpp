/// The order of a load: tasks come in the dump's order, and one may start as soon as no earlier one that
/// touches the same things is unfinished.
#pragma once

#include "postgresql/dump/objects.hpp"
#include "postgresql/dump/statement.hpp"
#include "postgresql/load/ledger.hpp"
#include "postgresql/load/row_queue.hpp"
#include "recover/result.hpp"

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql::load {

/// What a session must be before a task runs in it.
struct SessionState {
  std::string database;
  std::shared_ptr<const std::vector<std::string>> settings;  ///< statements, in order
  bool operator==(const SessionState&) const = default;
};

/// One statement, or one COPY with its rows.
struct Task {
  dump::Statement statement;
  std::string sql;
  std::uint64_t line = 0;
  TaskPlace place;
  SessionState session;
  std::string belongs_to;          ///< the database that it is about, as the dump calls it
  dump::Objects objects;           ///< what it makes there
  std::shared_ptr<RowQueue> rows;  ///< of a COPY
  bool lines_are_rows = false;     ///< see dump::RowForm
  bool freeze = false;             ///< the table is empty and ours alone
  bool temporary = false;          ///< about a table that nobody will find afterwards
  bool repeated = false;           ///< of the session: carried out in every attempt, never entered as done
  bool strings_conform = true;     ///< how the dump's strings are read at this place
  bool pinned = false;             ///< belongs to a session that must not change: worker 0 runs it
};

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
  /// Tables while there are any; then what is left behind the rows, mostly indexes and constraints.
  [[nodiscard]] Standing standing() const;

 private:
  struct Node {
    Task task;
    std::uint64_t number = 0;
    std::size_t unmet = 0;  ///< earlier tasks that must end first
    std::vector<Node*> successors;
  };
  struct Users {
    Node* exclusive = nullptr;
    std::vector<Node*> shared;
  };
  static void depend(Node& later, Node* earlier);
  void connect(Node& node);
  void forget(Node& node);
  Node* ready_for(unsigned worker) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Node> nodes_;                 ///< unfinished, in the dump's order; addresses are stable
  std::map<std::uint64_t, Node*> ready_;  ///< wait for nothing and were not taken, in the dump's order
  std::map<std::string, Users> users_;
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
