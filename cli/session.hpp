/// What every command has at hand: settings, words, terminal, machine, engines, signals.
#pragma once

#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/display.hpp"
#include "cli/events.hpp"
#include "cli/log.hpp"
#include "cli/service_manager.hpp"
#include "cli/terminal.hpp"
#include "config/config.hpp"
#include "core/plugin/catalog.hpp"
#include "core/run/run.hpp"
#include "core/sys/signals.hpp"
#include "recover/host.hpp"
#include "recover/progress.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace recover::cli {

class Session {
 public:
  Session(Arguments arguments, config::Settings settings, const sys::SignalWatcher& signals);

  [[nodiscard]] const config::Settings& settings() const { return settings_; }
  [[nodiscard]] const std::vector<std::string>& words() const { return arguments_.words; }
  [[nodiscard]] const Terminal& terminal() const { return terminal_; }
  [[nodiscard]] CancellationToken cancel() const { return signals_.token(); }
  /// The exit code of the signal that came, or `otherwise`.
  [[nodiscard]] ExitCode exit_unless_signalled(ExitCode otherwise) const;
  [[nodiscard]] run::StateDirectory state() const;
  [[nodiscard]] bool is_json() const { return settings_.flag("json"); }

  Host& host() { return *host_; }
  Progress& progress() { return display_.whole(); }
  Display& display() { return display_; }
  Events& events() { return events_; }
  [[nodiscard]] const ServiceManager& service_manager() const { return service_manager_; }
  /// The command line, for the report.
  [[nodiscard]] const std::vector<std::string>& command_line() const { return arguments_.all; }
  /// The engines; opened on first use. Errors: scan.manifest_invalid.
  Result<plugin::Catalog*> catalog();
  /// A line for the person at the terminal (and the log file).
  void warn(const std::string& text) { log_.write(LogLevel::warn, text); }
  /// Does `work` beside everything else. What was begun before is waited for; the last one ends with the
  /// session.
  void beside(std::function<void()> work) { beside_ = std::jthread(std::move(work)); }
  void wait_beside() { beside_ = std::jthread(); }

 private:
  Arguments arguments_;
  config::Settings settings_;
  const sys::SignalWatcher& signals_;
  Terminal terminal_;
  Events events_;
  Display display_;
  RunLog log_;
  ServiceManager service_manager_ = ServiceManager::of_environment();
  std::unique_ptr<Host> host_;
  std::unique_ptr<plugin::Catalog> catalog_;
  std::jthread beside_;  ///< last: it uses the others
};

}  // namespace recover::cli
