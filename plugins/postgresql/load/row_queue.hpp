/// The rows of one COPY on their way from the dump's reader to the connection that loads them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace recover::postgresql::load {

/// How many bytes may wait in all queues together: the reader runs ahead as far as memory allows, so that
/// several tables are loaded at once although they lie one after the other in the dump. Thread-safe.
class RowBudget {
 public:
  explicit RowBudget(std::size_t limit) : limit_(limit) {}
  /// Waits until `bytes` are free (one request larger than everything is let through alone). False when the
  /// load was given up.
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes);
  void give_up();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t limit_;
  std::size_t in_use_ = 0;
  bool given_up_ = false;
};

/// Thread-safe; one side pushes, the other pops. `budget` is borrowed.
class RowQueue {
 public:
  explicit RowQueue(RowBudget& budget) : budget_(budget) {}
  RowQueue(const RowQueue&) = delete;
  RowQueue& operator=(const RowQueue&) = delete;
  ~RowQueue();

  /// False when the load was given up.
  bool push(std::string rows);
  void end();
  /// The next rows; nothing at the end, or when the load was given up before the end (see ended()).
  std::optional<std::string> pop();
  void give_up();
  /// Bytes that were pushed so far.
  [[nodiscard]] std::uint64_t total() const;
  /// True when end() was called and nobody gave up: all rows of the COPY came through.
  [[nodiscard]] bool ended() const;

 private:
  RowBudget& budget_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> chunks_;
  std::uint64_t total_ = 0;
  bool ended_ = false;
  bool given_up_ = false;
};

}  // namespace recover::postgresql::load
