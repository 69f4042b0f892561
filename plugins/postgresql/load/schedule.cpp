// A task knows how many earlier ones it waits for, and who waits for it. A statement that is not understood
// is a barrier: everything before it ends first, everything behind it waits. That is how the part of a dump
// before the data runs strictly in order, while rows, indexes and foreign keys run side by side. While the
// dump is being read nobody knows what comes; the dump's order is then also the one in which the reader
// waits.
#include "postgresql/load/schedule.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace recover::postgresql::load {

void Schedule::depend(Node& later, Node* earlier) {
  if (earlier == nullptr || earlier == &later) return;
  auto& successors = earlier->successors;
  if (!successors.empty() && successors.back() == &later) return;  // it needs two of the same names
  successors.push_back(&later);
  ++later.unmet;
}

void Schedule::connect(Node& node) {
  const dump::Footprint& footprint = node.task.statement.footprint;
  if (footprint.everything || node.task.pinned) {
    // Whatever stands before the last barrier is done before that one is.
    for (auto earlier = std::next(nodes_.rbegin()); earlier != nodes_.rend(); ++earlier) {
      depend(node, &*earlier);
      if (&*earlier == barrier_) break;
    }
    users_.clear();
    barrier_ = &node;
    return;
  }
  depend(node, barrier_);
  for (const std::string& name : footprint.exclusive) {
    Users& users = users_[name];
    depend(node, users.exclusive);
    for (Node* other : users.shared) depend(node, other);
    users = {&node, {}};
  }
  for (const std::string& name : footprint.shared) {
    Users& users = users_[name];
    depend(node, users.exclusive);
    users.shared.push_back(&node);
  }
}

/// A finished task must not be found by later ones.
void Schedule::forget(Node& node) {
  if (barrier_ == &node) barrier_ = nullptr;
  const dump::Footprint& footprint = node.task.statement.footprint;
  for (const auto* names : {&footprint.exclusive, &footprint.shared}) {
    for (const std::string& name : *names) {
      const auto found = users_.find(name);
      if (found == users_.end()) continue;
      if (found->second.exclusive == &node) found->second.exclusive = nullptr;
      std::erase(found->second.shared, &node);
      if (found->second.exclusive == nullptr && found->second.shared.empty()) users_.erase(found);
    }
  }
  for (Node* successor : node.successors) {
    if (--successor->unmet == 0) make_ready(*successor);
  }
}

Schedule::Turn Schedule::turn_of(const Node& node) {
  return {std::numeric_limits<std::uint64_t>::max() - node.urgency, node.number};
}

void Schedule::make_ready(Node& node) {
  ready_.emplace(turn_of(node), &node);
}

/// Whoever waits stands behind whom it waits for, so one pass from the end sees every path.
void Schedule::rank() {
  for (const Node& node : nodes_) sizes_.add(node.task);
  ready_.clear();
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    std::uint64_t longest = 0;
    for (const Node* successor : node->successors) longest = std::max(longest, successor->urgency);
    node->urgency = sizes_.work_of(node->task) + longest;
    if (node->unmet == 0 && !node->is_taken) make_ready(*node);
  }
}

bool Schedule::add(Task task) {
  std::unique_lock lock(mutex_);
  const std::size_t size = task.sql.size();
  changed_.wait(lock, [&] { return failure_ || waiting_ == 0 || waiting_ + size <= waiting_limit_; });
  if (failure_) return false;
  waiting_ += size;
  Node& node = nodes_.emplace_back();
  node.task = std::move(task);
  node.number = ++added_;
  if (node.task.rows) ++tables_;
  connect(node);
  if (node.unmet == 0) make_ready(node);
  lock.unlock();
  changed_.notify_all();
  return true;
}

void Schedule::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    at_close_ = nodes_.size();
    rank();
  }
  changed_.notify_all();
}

Schedule::Node* Schedule::ready_for(unsigned worker) const {
  const auto found = std::find_if(ready_.begin(), ready_.end(), [&](const auto& entry) {
    return !entry.second->task.pinned || worker == 0;
  });
  return found == ready_.end() ? nullptr : found->second;
}

const Task* Schedule::take(unsigned worker) {
  std::unique_lock lock(mutex_);
  Node* ready = nullptr;
  changed_.wait(lock, [&] {
    ready = ready_for(worker);
    return failure_ || ready != nullptr || (closed_ && nodes_.empty());
  });
  if (failure_ || ready == nullptr) return nullptr;
  ready_.erase(turn_of(*ready));
  ready->is_taken = true;
  ++taken_;
  return &ready->task;
}

void Schedule::done(const Task& task) {
  {
    const std::scoped_lock lock(mutex_);
    const auto place =
        std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) { return &node.task == &task; });
    if (place == nodes_.end()) return;
    waiting_ -= task.sql.size();
    --taken_;
    if (task.rows) ++tables_done_;
    if (!closed_) sizes_.add(task);
    forget(*place);
    nodes_.erase(place);
  }
  changed_.notify_all();
}

void Schedule::fail(Error error) {
  {
    const std::scoped_lock lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    for (const Node& node : nodes_) {
      if (node.task.rows) node.task.rows->give_up();
    }
  }
  changed_.notify_all();
}

std::size_t Schedule::at_work() const {
  const std::scoped_lock lock(mutex_);
  return taken_ + ready_.size();
}

Standing Schedule::standing() const {
  const std::scoped_lock lock(mutex_);
  if (!closed_ || tables_done_ < tables_) return {"tables", tables_done_, closed_ ? tables_ : 0};
  return {"statements behind the rows", at_close_ - nodes_.size(), at_close_};
}

Result<void> Schedule::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return failure_ || nodes_.empty(); });
  if (failure_) return *failure_;
  return {};
}

}  // namespace recover::postgresql::load
