/// The log of a run: warnings for the person at the terminal, everything wanted for the log file.
#pragma once

#include "config/config.hpp"
#include "core/sys/descriptor.hpp"
#include "recover/host.hpp"

#include <functional>
#include <mutex>
#include <string>

namespace recover::cli {

class RunLog final : public Log {
 public:
  /// Opens the log files that the settings name; one that cannot be opened is told on standard error.
  explicit RunLog(const config::Settings& settings);
  void write(LogLevel level, const std::string& text) override;
  /// Shows messages by `sink` instead of writing them to standard error.
  void show_by(std::function<void(LogLevel, const std::string& text)> sink) { sink_ = std::move(sink); }

 private:
  void show(LogLevel level, const std::string& text) const;
  void write_file(const sys::Descriptor& file, LogLevel level, const std::string& text) const;

  LogLevel shown_;  ///< least level for standard error
  LogLevel kept_;   ///< least level for the log file
  bool json_ = false;
  bool redact_ = true;
  sys::Descriptor file_;
  sys::Descriptor debug_file_;  ///< --save-debug-log: everything
  std::function<void(LogLevel, const std::string&)> sink_;
  std::mutex mutex_;
};

/// "warn" and so on.
std::string to_text(LogLevel level);

}  // namespace recover::cli
