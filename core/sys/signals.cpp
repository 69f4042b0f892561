// Signals as data: they are blocked everywhere and read by one thread through a signalfd, so that no
// handler ever runs in the middle of anything. The first asks the run to stop at a safe point; who
// sends a second one within three seconds does not want to wait, and the journal makes that safe.
// Children start with an empty mask (child.cpp). What the run does about a request is its own business.
#include "core/sys/signals.hpp"

#include "core/sys/descriptor.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace recover::sys {

namespace {

constexpr std::array watched{SIGINT, SIGTERM, SIGHUP};
constexpr std::chrono::seconds impatience{3};

::sigset_t watched_set() {
  ::sigset_t set;
  ::sigemptyset(&set);
  for (const int number : watched) ::sigaddset(&set, number);
  return set;
}

}  // namespace

struct SignalWatcher::State {
  State() {
    const ::sigset_t set = watched_set();
    ::pthread_sigmask(SIG_BLOCK, &set, &mask_before);
    signals = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    end = Descriptor(::eventfd(0, EFD_CLOEXEC));
    thread = std::thread([this] { watch(); });
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    ::eventfd_write(end.get(), 1);
    thread.join();
    ::pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  }

  void watch() {
    while (true) {
      std::array<::pollfd, 2> wanted{{{signals.get(), POLLIN, 0}, {end.get(), POLLIN, 0}}};
      ::poll(wanted.data(), wanted.size(), -1);
      if (wanted[1].revents != 0) return;
      ::signalfd_siginfo info{};
      if (::read(signals.get(), &info, sizeof info) == sizeof info) receive(static_cast<int>(info.ssi_signo));
    }
  }

  void receive(int number) {
    const auto now = std::chrono::steady_clock::now();
    if (first.load() != 0 && now - last < impatience) ::_exit(128 + number);
    last = now;
    int none = 0;
    first.compare_exchange_strong(none, number);
    stop.request_stop();
  }

  ::sigset_t mask_before{};
  Descriptor signals;
  Descriptor end;
  std::stop_source stop;
  std::atomic<int> first{0};
  std::chrono::steady_clock::time_point last;  // only touched by the thread
  std::thread thread;
};

SignalWatcher::SignalWatcher() : state_(std::make_unique<State>()) {}
SignalWatcher::~SignalWatcher() = default;

CancellationToken SignalWatcher::token() const {
  return CancellationToken(state_->stop.get_token());
}

ExitCode SignalWatcher::exit_code() const {
  switch (state_->first.load()) {
    case SIGINT: return ExitCode::interrupted;
    case SIGTERM: return ExitCode::terminated;
    case SIGHUP: return ExitCode::hangup;
    default: return ExitCode::ok;
  }
}

}  // namespace recover::sys
