// The protocol of sd_notify(3): datagrams of "NAME=value" lines to the socket that NOTIFY_SOCKET names, a
// path or
// "@name" of the abstract namespace. It is written here because it is so small. A manager that does not read
// must never keep the work waiting: what does not fit is lost, the next line says it again.
#include "cli/service_manager.hpp"

#include "core/text/format.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

namespace recover::cli {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds interval{5};
constexpr const char* patience = "EXTEND_TIMEOUT_USEC=120000000";  // two minutes from now

/// Tells the manager, not more often than every few seconds, while something moves.
class Watched final : public Progress {
 public:
  Watched(std::unique_ptr<Progress> display, std::string item, std::function<void(const std::string&)> tell)
      : display_(std::move(display)), item_(std::move(item)), tell_(std::move(tell)) {}

  void begin(const std::string& item, const std::string& phase, Bytes total) override {
    display_->begin(item, phase, total);
    const std::scoped_lock lock(mutex_);
    phase_ = phase;
    total_ = total;
    done_ = {};
    tell_(line());
  }
  void advance(Bytes done) override {
    display_->advance(done);
    const std::scoped_lock lock(mutex_);
    done_ += done;
    moved();
  }
  void detail(const std::string& text) override { display_->detail(text); }
  void count(const std::string& things, std::uint64_t done, std::uint64_t total) override {
    display_->count(things, done, total);
    const std::scoped_lock lock(mutex_);
    moved();
  }
  void notice(const Notice& notice) override { display_->notice(notice); }
  void end() override { display_->end(); }

 private:
  void moved() {
    if (SteadyClock::now() - told_ < interval) return;
    told_ = SteadyClock::now();
    tell_(line());
  }
  [[nodiscard]] std::string line() const {
    std::string text = item_ + ": " + phase_;
    if (done_.count == 0) return text;
    text += ", " + text::bytes(done_);
    return total_.count == 0 ? text : text + " of " + text::bytes(total_);
  }

  std::unique_ptr<Progress> display_;
  const std::string item_;
  const std::function<void(const std::string&)> tell_;
  std::mutex mutex_;
  std::string phase_;
  Bytes total_;
  Bytes done_;
  SteadyClock::time_point told_ = SteadyClock::now();
};

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

ServiceManager ServiceManager::of_environment() {
  const char* address = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  return ServiceManager(address == nullptr ? "" : address);
}

void ServiceManager::ready() const {
  send("READY=1\nSTATUS=looking at the source");
}

void ServiceManager::status(const std::string& line) const {
  send("STATUS=" + one_line(line) + "\n" + patience);
}

std::unique_ptr<Progress> ServiceManager::watched(std::unique_ptr<Progress> display,
                                                  const std::string& item) const {
  if (!is_there()) return display;
  return std::make_unique<Watched>(std::move(display), item,
                                   [manager = *this](const std::string& line) { manager.status(line); });
}

void ServiceManager::send(const std::string& message) const {
  sockaddr_un place{};
  if (!is_there() || address_.size() >= sizeof place.sun_path) return;
  place.sun_family = AF_UNIX;
  std::memcpy(place.sun_path, address_.data(), address_.size());
  if (address_.front() == '@') place.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return;
  static_cast<void>(::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&place), length));
  ::close(socket);
}

}  // namespace recover::cli
