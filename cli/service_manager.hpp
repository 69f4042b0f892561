/// What systemd is told by a service of Type=notify.
#pragma once

#include "recover/progress.hpp"

#include <functional>
#include <memory>
#include <string>

namespace recover::cli {

/// The service manager that started us, if one did. Thread-safe; never waits.
class ServiceManager {
 public:
  /// By NOTIFY_SOCKET.
  static ServiceManager of_environment();
  /// `address`: a path, or "@name" of the abstract namespace; empty: there is no service manager.
  explicit ServiceManager(std::string address) : address_(std::move(address)) {}

  [[nodiscard]] bool is_there() const { return !address_.empty(); }
  /// We have begun.
  void ready() const;
  /// One line for `systemctl status`.
  void status(const std::string& line) const;
  /// Passes everything on to `display` and tells that `item` moves: its status, and two more minutes of
  /// patience. Without a service manager it is `display` itself.
  [[nodiscard]] std::unique_ptr<Progress> watched(std::unique_ptr<Progress> display,
                                                  const std::string& item) const;

 private:
  void send(const std::string& message) const;

  std::string address_;
};

}  // namespace recover::cli
