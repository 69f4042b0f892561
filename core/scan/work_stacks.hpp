/// Work for several threads: each has a stack of its own, the idle take the older half of another's.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace recover::scan {

/// Depth first in each thread (few open directories), oldest work donated (the largest subtrees).
/// `Item` is movable. All calls are thread-safe; `thread` is the caller's own number.
template <typename Item>
class WorkStacks {
 public:
  explicit WorkStacks(std::size_t threads) : stacks_(threads) {}

  void push(std::size_t thread, Item item) {
    unfinished_.fetch_add(1, std::memory_order_relaxed);
    {
      const std::lock_guard lock(stacks_[thread].mutex);
      stacks_[thread].items.push_back(std::move(item));
    }
    if (idle_.load(std::memory_order_relaxed) > 0) awake_.notify_one();
  }

  /// The next item, or nothing when all work of all threads is done (or stop() was called).
  std::optional<Item> next(std::size_t thread) {
    while (!stopped_.load(std::memory_order_relaxed)) {
      if (auto item = take(thread)) return item;
      if (unfinished_.load(std::memory_order_acquire) == 0) return std::nullopt;
      std::unique_lock lock(idle_mutex_);
      idle_.fetch_add(1, std::memory_order_relaxed);
      // The time limit covers a notification that came between take() and here.
      awake_.wait_for(lock, std::chrono::milliseconds(1));
      idle_.fetch_sub(1, std::memory_order_relaxed);
    }
    return std::nullopt;
  }

  /// An item that next() returned is completely done, with everything it pushed.
  void finished() {
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    awake_.notify_all();
    all_done_.notify_all();
  }

  /// Waits until done(), at most this long.
  void wait_until_done(std::chrono::milliseconds limit) {
    std::unique_lock lock(idle_mutex_);
    all_done_.wait_for(lock, limit, [&] { return done(); });
  }

  void stop() {
    stopped_.store(true, std::memory_order_relaxed);
    awake_.notify_all();
    all_done_.notify_all();
  }

  [[nodiscard]] bool done() const {
    return stopped_.load(std::memory_order_relaxed) || unfinished_.load(std::memory_order_acquire) == 0;
  }

 private:
  struct Stack {
    std::mutex mutex;
    std::deque<Item> items;
  };

  std::optional<Item> take(std::size_t thread) {
    {
      const std::lock_guard lock(stacks_[thread].mutex);
      auto& own = stacks_[thread].items;
      if (!own.empty()) {
        std::optional<Item> item(std::move(own.back()));
        own.pop_back();
        return item;
      }
    }
    for (std::size_t step = 1; step < stacks_.size(); ++step) {
      if (auto item = take_half_of((thread + step) % stacks_.size(), thread)) return item;
    }
    return std::nullopt;
  }

  std::optional<Item> take_half_of(std::size_t victim, std::size_t thread) {
    std::deque<Item> half;
    {
      const std::lock_guard lock(stacks_[victim].mutex);
      auto& items = stacks_[victim].items;
      for (std::size_t count = (items.size() + 1) / 2; count > 0; --count) {
        half.push_back(std::move(items.front()));
        items.pop_front();
      }
    }
    if (half.empty()) return std::nullopt;
    std::optional<Item> item(std::move(half.back()));
    half.pop_back();
    const std::lock_guard lock(stacks_[thread].mutex);
    auto& own = stacks_[thread].items;
    for (auto& more : half) own.push_back(std::move(more));
    return item;
  }

  std::vector<Stack> stacks_;
  std::atomic<std::size_t> unfinished_{0};
  std::atomic<std::size_t> idle_{0};
  std::atomic<bool> stopped_{false};
  std::mutex idle_mutex_;
  std::condition_variable awake_;
  std::condition_variable all_done_;
};

}  // namespace recover::scan
