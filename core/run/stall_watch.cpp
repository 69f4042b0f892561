// The watchdog of a run: one thread that wakes up now and then and looks when progress was last reported.
// It can only ask the work to stop; a step that is stuck in the kernel (a dead network disk) ends when the
// kernel lets it.
#include "core/run/stall_watch.hpp"

#include "recover/errors.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace recover::run {

namespace {

using SteadyClock = std::chrono::steady_clock;

class WatchedProgress final : public Progress {
 public:
  explicit WatchedProgress(Progress& outer) : outer_(outer) {}
  void begin(const std::string& item, const std::string& phase, Bytes total) override {
    touch();
    outer_.begin(item, phase, total);
  }
  void advance(Bytes done) override {
    touch();
    outer_.advance(done);
  }
  void detail(const std::string& text) override {
    touch();
    outer_.detail(text);
  }
  void count(const std::string& things, std::uint64_t done, std::uint64_t total) override {
    touch();
    outer_.count(things, done, total);
  }
  void notice(const Notice& notice) override { outer_.notice(notice); }  // waiting is no progress
  void end() override {
    touch();
    outer_.end();
  }
  [[nodiscard]] SteadyClock::duration idle() const { return SteadyClock::now() - last_.load(); }

 private:
  void touch() { last_ = SteadyClock::now(); }

  Progress& outer_;
  std::atomic<SteadyClock::time_point> last_{SteadyClock::now()};
};

}  // namespace

struct StallWatch::State {
  State(Progress& outer, std::chrono::seconds allowed, const CancellationToken& cancel)
      : progress(outer), limit(allowed), forward(cancel.stop_token(), [this] { stop.request_stop(); }) {
    if (limit.count() > 0) thread = std::jthread([this](const std::stop_token& ended) { watch(ended); });
  }

  void watch(const std::stop_token& ended) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    const auto pause = std::min<SteadyClock::duration>(std::chrono::seconds(1), limit / 4);
    while (!ended.stop_requested()) {
      woken.wait_for(lock, ended, pause, [] { return false; });
      if (progress.idle() > limit && !ended.stop_requested()) {
        stalled = true;
        stop.request_stop();
        return;
      }
    }
  }

  WatchedProgress progress;
  std::chrono::seconds limit;
  std::atomic<bool> stalled{false};
  std::stop_source stop;
  std::stop_callback<std::function<void()>> forward;
  std::jthread thread;  // last: it uses all of the above
};

StallWatch::StallWatch(Progress& outer, std::chrono::seconds limit, const CancellationToken& cancel)
    : state_(std::make_unique<State>(outer, limit, cancel)) {}
StallWatch::~StallWatch() = default;

Progress& StallWatch::progress() const {
  return state_->progress;
}
CancellationToken StallWatch::token() const {
  return CancellationToken(state_->stop.get_token());
}
bool StallWatch::has_stalled() const {
  return state_->stalled;
}

Error StallWatch::error(const std::string& what) const {
  return make_error(errors::run_timeout, what,
                    "no progress for " + std::to_string(state_->limit.count()) + " seconds");
}

}  // namespace recover::run
