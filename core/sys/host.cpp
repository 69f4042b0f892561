// The real machine behind the Host seam: accounts and clock stand here, programs in processes.cpp,
// containers in containers.cpp,
// files in files.cpp. Durations come from the monotonic clock only; the wall clock is for names and
// reports, because it may be wrong or jump on a machine that was just brought back.
#include "core/sys/host.hpp"

#include "core/sys/account.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <condition_variable>
#include <ctime>
#include <mutex>

namespace recover::sys {

namespace {

class LocalAccounts final : public Accounts {
 public:
  bool exists(const std::string& user) override { return find_account(user).has_value(); }
  std::string current() override { return name_of(::geteuid()).value_or(std::to_string(::geteuid())); }
  bool is_root() override { return ::geteuid() == 0; }
  std::optional<std::string> name_of(std::uint32_t uid) override {
    auto account = find_account(uid_t{uid});
    return account ? std::optional(account->name) : std::nullopt;
  }
};

class LocalClock final : public Clock {
 public:
  std::int64_t now() override { return std::time(nullptr); }
  double elapsed() override {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  void sleep(std::chrono::milliseconds time, const CancellationToken& cancel) override {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, cancel.stop_token(), time, [] { return false; });
  }
};

class LocalHost final : public Host {
 public:
  explicit LocalHost(Log& log)
      : log_(log),
        processes_(make_processes(log)),
        files_(make_files()),
        accounts_(make_accounts()),
        containers_(make_containers(*processes_, *accounts_)),
        clock_(make_clock()) {}

  Processes& processes() override { return *processes_; }
  Files& files() override { return *files_; }
  Accounts& accounts() override { return *accounts_; }
  Containers& containers() override { return *containers_; }
  Clock& clock() override { return *clock_; }
  Log& log() override { return log_; }

 private:
  Log& log_;
  std::unique_ptr<Processes> processes_;
  std::unique_ptr<Files> files_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Containers> containers_;
  std::unique_ptr<Clock> clock_;
};

}  // namespace

std::unique_ptr<Accounts> make_accounts() {
  return std::make_unique<LocalAccounts>();
}
std::unique_ptr<Clock> make_clock() {
  return std::make_unique<LocalClock>();
}
std::unique_ptr<Host> make_host(Log& log) {
  return std::make_unique<LocalHost>(log);
}

std::string machine_name() {
  utsname machine{};
  return ::uname(&machine) == 0 ? machine.nodename : "";
}

}  // namespace recover::sys
