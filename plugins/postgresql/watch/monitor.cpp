// One look a second, from the thread of the monitor. A wait for a lock is no progress (Notice), so --timeout
// still ends a load that hangs; an index build that gets on is. Errors of looking are logged once and looking
// is tried again: the server may be restarting, or out of connections that the load itself needs more.
#include "postgresql/watch/monitor.hpp"

#include "postgresql/placement.hpp"
#include "postgresql/watch/activity.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>
#include <utility>

namespace recover::postgresql::watch {

namespace {

constexpr std::chrono::milliseconds between_looks{1000};
constexpr int looks_to_pause = 10;  // after one that failed

}  // namespace

struct Monitor::State {
  State(MonitorOptions asked, StepContext& step)
      : options(std::move(asked)),
        context(step),
        history(options.limits),
        forward(step.cancel.stop_token(), [this] { stop.request_stop(); }),
        thread([this](const std::stop_token& ended) { watch(CancellationToken(ended)); }) {}

  void watch(const CancellationToken& ended) {
    int pause = 1;
    bool complained = false;
    while (!ended.is_cancelled()) {
      for (; pause > 0 && !ended.is_cancelled(); --pause) context.host.clock().sleep(between_looks, ended);
      if (ended.is_cancelled()) break;
      auto looked = look(ended);
      pause = looked ? 1 : looks_to_pause;
      if (looked || ended.is_cancelled()) continue;
      connection.reset();
      const LogLevel level = complained ? LogLevel::debug : LogLevel::info;
      context.host.log().write(level, "the server cannot be watched: " + looked.error().cause);
      complained = true;
    }
    if (stop.stop_requested()) return;
    static_cast<void>(history.update({}, context.host.clock().elapsed()));  // whoever waited got through
    tell();
  }

  Result<void> look(const CancellationToken& ended) {
    if (!connection) {
      Endpoint endpoint = options.endpoint;
      endpoint.application += " monitor";
      connection = RECOVER_TRY(Connection::open(endpoint, options.database, ended));
    }
    const std::string& ours = options.endpoint.application;
    const auto waits =
        history.update(RECOVER_TRY(lock_waits(*connection, ours, ended)), context.host.clock().elapsed());
    tell();
    for (const LockWait& wait : waits) RECOVER_TRY(act(wait, ended));
    const std::string doing = RECOVER_TRY(long_statements(*connection, options.endpoint.major, ours, ended));
    if (!doing.empty() && doing != told) context.progress.detail(doing);
    told = doing;
    return {};
  }

  void tell() {
    for (const Notice& notice : history.notices()) {
      context.progress.notice(notice);
      const bool is_news = text_fact(notice.facts, "state") != state_told;
      state_told = text_fact(notice.facts, "state");
      if (is_news && !notice.text.empty()) context.host.log().write(LogLevel::info, notice.text);
    }
  }

  Result<void> act(const LockWait& wait, const CancellationToken& ended) {
    switch (decide(wait, options.limits)) {
      case Decision::go_on: return {};
      case Decision::fail: give_up(wait, ""); return {};
      case Decision::terminate:
        for (const Blocker& blocker : wait.blockers) {
          if (auto gone = end_session(blocker, ended); !gone) {
            give_up(wait, "; it cannot be ended: " + gone.error().cause);
            return {};
          }
        }
        return {};
    }
    return {};
  }

  /// Whoever is freed by it and asks for the warnings then finds this one: the lock is held meanwhile.
  Result<void> end_session(const Blocker& blocker, const CancellationToken& ended) {
    const std::scoped_lock lock(mutex);
    RECOVER_TRY(terminate(*connection, blocker.pid, ended));
    if (!terminated.insert(blocker.pid).second) return {};  // it takes a moment to go
    warnings.push_back("ended a session that held a lock for longer than --lock-timeout: " +
                       blocker_text(blocker));
    context.host.log().write(LogLevel::warn, warnings.back());
    return {};
  }

  void give_up(const LockWait& wait, const std::string& why) {
    const std::scoped_lock lock(mutex);
    if (!failure) failure = lock_timeout_error(wait, options.limits);
    failure->cause += why;
    stop.request_stop();
  }

  const MonitorOptions options;
  StepContext& context;
  LockHistory history;  // this and the next four: of the thread alone
  std::optional<Connection> connection;
  std::string told;
  std::string state_told;
  std::set<int> terminated;
  mutable std::mutex mutex;  ///< of the next two
  std::optional<Error> failure;
  std::vector<std::string> warnings;
  std::stop_source stop;  ///< of the work
  std::stop_callback<std::function<void()>> forward;
  std::jthread thread;  // last: it uses all of the above
};

std::string application_of(const Plan& plan) {
  return "recover " + plan.run + "_" + plan.id;
}

MonitorOptions monitor_options(const Plan& plan, Endpoint endpoint, std::string database) {
  MonitorOptions options;
  options.endpoint = std::move(endpoint);
  options.endpoint.application = application_of(plan);
  options.endpoint.lock_timeout = 0;
  options.database = std::move(database);
  options.limits.timeout = number_fact(plan.facts, plan_fact::lock_timeout, options.limits.timeout);
  options.limits.action = lock_action(text_fact(plan.facts, plan_fact::lock_action));
  return options;
}

Monitor::Monitor(MonitorOptions options, StepContext& context)
    : state_(std::make_unique<State>(std::move(options), context)) {}
Monitor::~Monitor() = default;

CancellationToken Monitor::token() const {
  return CancellationToken(state_->stop.get_token());
}

std::optional<Error> Monitor::failure() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->failure;
}

std::vector<std::string> Monitor::warnings() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->warnings;
}

Result<void> watched(MonitorOptions options, StepContext& context,
                     const std::function<Result<void>(StepContext&)>& work) {
  const Monitor monitor(std::move(options), context);
  StepContext step = context;
  step.cancel = monitor.token();
  auto done = work(step);
  if (context.warnings != nullptr) {
    for (const std::string& warning : monitor.warnings()) context.warnings->push_back(warning);
  }
  if (auto failure = monitor.failure(); failure && !done) return *std::move(failure);
  return done;
}

}  // namespace recover::postgresql::watch
