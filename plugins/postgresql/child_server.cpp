// SIGINT is the server's fast shutdown: sessions end, a checkpoint is written.
#include "postgresql/child_server.hpp"

#include <signal.h>
#include <unistd.h>

#include <chrono>

namespace recover::postgresql {

namespace {

// A shutdown checkpoint of a large memory full of changes takes minutes on a slow disk.
constexpr std::chrono::seconds stop_grace{3600};

}  // namespace

ChildServer::~ChildServer() {
  if (!running_) return;
  const auto ignored = context_.host.processes().stop(name_, SIGINT, std::chrono::seconds{30});
  static_cast<void>(ignored.has_value());  // the failure that brought us here is what counts
}

Result<void> ChildServer::start() {
  RECOVER_TRY(start_child(name_, launch_, context_));
  running_ = true;
  return {};
}

Result<void> ChildServer::ensure() {
  if (running_ && context_.host.processes().is_running(name_)) return {};
  running_ = false;
  RECOVER_TRY(end_remains(launch_, context_));
  return start();
}

Result<void> ChildServer::stop() {
  if (!running_) return {};
  running_ = false;
  RECOVER_TRY(context_.host.processes().stop(name_, SIGINT, stop_grace));
  // A socket directory below /tmp was made for this server alone.
  if (launch_.sockets.starts_with("/tmp/")) ::rmdir(launch_.sockets.c_str());
  return {};
}

}  // namespace recover::postgresql
