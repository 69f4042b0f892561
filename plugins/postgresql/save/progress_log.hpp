/// What pg_basebackup --progress writes, as progress of ours.
#pragma once

#include "recover/progress.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace recover::postgresql::save {

/// "1234/5678 kB (21%), 0/1 tablespace": how much of how much, in bytes. Nothing for any other line.
struct Portion {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};
std::optional<Portion> parse_portion(std::string_view line);

/// The end of a log without its lines of progress, as one line.
std::string last_words(std::string_view log);

/// Reads the log that a child writes as long as this object lives.
class ProgressLog {
 public:
  /// `progress` is borrowed.
  ProgressLog(std::string log_file, Progress& progress);

 private:
  void follow(const std::stop_token& stop);

  std::string log_file_;
  Progress& progress_;
  std::jthread thread_;
};

}  // namespace recover::postgresql::save
