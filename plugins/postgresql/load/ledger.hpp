/// Which tasks of a dump are done, kept in the target itself: each task and its entry are one transaction, so
/// that a load that was interrupted anywhere goes on where it stopped and does nothing twice.
#pragma once

#include "postgresql/connection.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql::load {

/// The place of a task in the dump: the same in every attempt, because the dump is the same.
struct TaskPlace {
  unsigned part = 0;         ///< which of the dump's files
  std::uint64_t number = 0;  ///< of the statement in it, counted from 1
  auto operator<=>(const TaskPlace&) const = default;
};

/// What is to be known of a finished task without doing it again.
struct DoneTask {
  std::uint64_t rows = 0;
  std::string sum;         ///< of a COPY, as RowSum::text() writes it
  std::string normalised;  ///< of a COPY, see LoadedTable
  std::string refused;     ///< SQLSTATE of a refusal that leaves nothing missing
};

/// Thread-safe. Lies in a schema of its own in every database that is loaded, while it is loaded.
class Ledger {
 public:
  /// `name` is of this load alone; `dump` says in words what is loaded. Both are the same in every attempt.
  Ledger(Endpoint endpoint, std::string maintenance, const std::string& name, std::string dump);

  /// Looks for what an earlier attempt left in the maintenance database, or begins there. Errors:
  /// target.changed when it is about another dump, postgresql.*.
  Result<void> open(const CancellationToken& cancel);
  /// True when there was an earlier attempt.
  [[nodiscard]] bool is_continued() const { return is_continued_; }

  /// The entry of a task that an earlier attempt finished in this database, or nothing. Borrowed.
  Result<const DoneTask*> find(const std::string& database, const TaskPlace& place,
                               const CancellationToken& cancel);
  /// What earlier attempts remembered: kind and text.
  [[nodiscard]] const std::set<std::pair<std::string, std::string>>& notes() const { return notes_; }

  /// Makes the ledger in the connection's database where it is missing.
  Result<void> prepare(Connection& connection, const std::string& database, const CancellationToken& cancel);
  /// The statement that makes an entry.
  [[nodiscard]] std::string entry(const TaskPlace& place, const DoneTask& done) const;
  /// Keeps something that a later attempt would not notice any more.
  Result<void> remember(const std::string& kind, const std::string& text, const CancellationToken& cancel);
  /// True when the error is that of an entry that is there already: a connection that we believed to be lost
  /// had done it.
  [[nodiscard]] bool was_done_before(const Error& error) const;

  /// Removes it from these databases and the maintenance database. Repeating it is success.
  Result<void> remove(const std::vector<std::string>& databases, const CancellationToken& cancel);

 private:
  using Entries = std::map<TaskPlace, DoneTask>;
  Result<void> read(const std::string& database, Entries& entries, const CancellationToken& cancel);
  Result<bool> has_database(const std::string& database, const CancellationToken& cancel);
  Result<bool> is_in(Connection& connection, const CancellationToken& cancel) const;
  [[nodiscard]] std::string tables() const;
  [[nodiscard]] std::string note(const std::string& kind, const std::string& text) const;

  Endpoint endpoint_;
  std::string maintenance_;  ///< database
  std::string schema_;       ///< quoted
  std::string dump_;
  bool is_continued_ = false;
  std::set<std::pair<std::string, std::string>> notes_;
  std::mutex mutex_;                      ///< of everything below
  std::map<std::string, Entries> known_;  ///< by database, as the earlier attempts left them
  std::set<std::string> prepared_;
};

}  // namespace recover::postgresql::load
