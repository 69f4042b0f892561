// One COPY is read to its end before the next one begins, so whatever waits here belongs to work that needs
// nothing more from the reader, or is the work being fed: waiting for memory can never wait for itself.
#include "postgresql/load/row_queue.hpp"

#include <utility>

namespace recover::postgresql::load {

bool RowBudget::take(std::size_t bytes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return given_up_ || in_use_ + bytes <= limit_ || in_use_ == 0; });
  if (given_up_) return false;
  in_use_ += bytes;
  return true;
}

void RowBudget::give_back(std::size_t bytes) {
  {
    const std::scoped_lock lock(mutex_);
    in_use_ -= bytes;
  }
  changed_.notify_all();
}

void RowBudget::give_up() {
  {
    const std::scoped_lock lock(mutex_);
    given_up_ = true;
  }
  changed_.notify_all();
}

RowQueue::~RowQueue() {
  for (const std::string& chunk : chunks_) budget_.give_back(chunk.size());
}

bool RowQueue::push(std::string rows) {
  if (!budget_.take(rows.size())) return false;
  {
    const std::scoped_lock lock(mutex_);
    if (given_up_) {
      budget_.give_back(rows.size());
      return false;
    }
    total_ += rows.size();
    chunks_.push_back(std::move(rows));
  }
  changed_.notify_one();
  return true;
}

void RowQueue::end() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
}

std::optional<std::string> RowQueue::pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !chunks_.empty() || ended_ || given_up_; });
  if (chunks_.empty() || given_up_) return std::nullopt;
  std::string rows = std::move(chunks_.front());
  chunks_.pop_front();
  lock.unlock();
  budget_.give_back(rows.size());
  return rows;
}

void RowQueue::give_up() {
  {
    const std::scoped_lock lock(mutex_);
    given_up_ = true;
  }
  changed_.notify_one();
  budget_.give_up();  // who gives up one COPY gives up the load
}

std::uint64_t RowQueue::total() const {
  const std::scoped_lock lock(mutex_);
  return total_;
}

bool RowQueue::ended() const {
  const std::scoped_lock lock(mutex_);
  return ended_ && !given_up_;
}

}  // namespace recover::postgresql::load
