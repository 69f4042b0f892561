// Programs of this machine. Those that run to their end are in process.cpp; here are the named children
// that stay (a server under verification). They must die with us even when we are killed: the
// kernel's death signal does that, but it is sent when the *thread* that started them ends
// (PR_SET_PDEATHSIG(2const)), so all of them are started by one thread that lives as long as this
// object. On Linux a priority belongs to a thread and is inherited by what it starts (setpriority(2),
// ioprio_set(2)): a thread of the very beginning starts what goes on after us, so that lowering the
// priority of our work lowers only that, and no right to raise it again is needed.
#include "core/sys/child.hpp"
#include "core/sys/host.hpp"
#include "core/sys/plumbing.hpp"
#include "core/sys/process.hpp"
#include "core/sys/program.hpp"
#include "recover/errors.hpp"

#include <fcntl.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace recover::sys {

namespace {

/// A thread that starts children for others.
class Launcher {
 public:
  Launcher() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

  Result<Child> launch(const Invocation& invocation, const Child::Streams& streams) {
    Order order([&] { return Child::spawn(invocation, streams); });
    auto started = order.get_future();
    {
      const std::lock_guard lock(mutex_);
      orders_.push_back(std::move(order));
    }
    ordered_.notify_one();
    return started.get();
  }

 private:
  using Order = std::packaged_task<Result<Child>()>;

  void work(const std::stop_token& stop) {
    while (true) {
      std::unique_lock lock(mutex_);
      if (!ordered_.wait(lock, stop, [this] { return !orders_.empty(); })) return;
      Order order = std::move(orders_.front());
      orders_.pop_front();
      lock.unlock();
      order();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any ordered_;
  std::deque<Order> orders_;
  std::jthread thread_;  // last: it uses all the others
};

class LocalProcesses final : public Processes {
 public:
  explicit LocalProcesses(Log& log) : log_(log) {}

  ~LocalProcesses() override {
    for (auto& [name, child] : children_) child.signal(SIGTERM);
    for (auto& [name, child] : children_) end(child, std::chrono::seconds(10));
  }

  Result<ProcessResult> run(const Command& command, const CancellationToken& cancel) override {
    auto ended = command.leaves_a_server ? run_untouched(command, cancel) : run_process(command, cancel);
    log_.write(LogLevel::debug, command.program + (ended ? " ended with " + std::to_string(ended->exit_status)
                                                         : ": " + ended.error().title));
    return ended;
  }

  Result<std::unique_ptr<ContentSource>> stream(const Command& command,
                                                const CancellationToken& cancel) override {
    log_.write(LogLevel::debug, "reading from " + command.program);
    return stream_process(command, cancel);
  }

  Result<int> start(const std::string& name, const Command& command) override {
    if (is_running(name)) {
      return make_error(errors::tool_failed, "cannot start " + name, "a child of this name already runs");
    }
    const Invocation invocation = RECOVER_TRY(prepare(command, true));
    const Descriptor input = RECOVER_TRY(open_input(command));
    const Descriptor output = command.log_file.empty() ? Descriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC))
                                                       : RECOVER_TRY(open_log_file(command.log_file));
    Child child = RECOVER_TRY(launcher().launch(invocation, {input.get(), output.get(), output.get()}));
    const int pid = child.pid();
    log_.write(LogLevel::debug, "started " + name + " as process " + std::to_string(pid));
    const std::lock_guard lock(mutex_);
    children_.insert_or_assign(name, std::move(child));
    return pid;
  }

  bool is_running(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    const auto found = children_.find(name);
    return found != children_.end() && !found->second.wait(std::chrono::milliseconds(0));
  }

  Result<void> stop(const std::string& name, int signal, std::chrono::seconds grace) override {
    std::unique_lock lock(mutex_);
    auto taken = children_.extract(name);
    lock.unlock();  // others may go on while this one ends
    if (taken.empty()) return {};
    taken.mapped().signal(signal);
    end(taken.mapped(), grace);
    return {};
  }

  std::optional<std::string> find_program(const std::string& name) override {
    return sys::find_program(name);
  }

 private:
  Result<ProcessResult> run_untouched(const Command& command, const CancellationToken& cancel) {
    return run_process(command, cancel, std::chrono::seconds(10),
                       [this](const Invocation& invocation, const Child::Streams& streams) {
                         return untouched_.launch(invocation, streams);
                       });
  }

  /// Begun by the first who needs it, and so with the priority of the run's work.
  Launcher& launcher() {
    const std::lock_guard lock(mutex_);
    if (!launcher_) launcher_.emplace();
    return *launcher_;
  }

  static void end(Child& child, std::chrono::milliseconds grace) {
    static_cast<void>(child.wait(grace));
    child.signal_group(SIGKILL);  // its helpers too, and itself when the grace was not enough
    child.reap();
  }

  Log& log_;
  Launcher untouched_;  ///< has the priority that this process had when this object was made
  std::optional<Launcher> launcher_;
  std::mutex mutex_;
  std::map<std::string, Child> children_;
};

}  // namespace

std::unique_ptr<Processes> make_processes(Log& log) {
  return std::make_unique<LocalProcesses>(log);
}

}  // namespace recover::sys
