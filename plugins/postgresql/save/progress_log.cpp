// pg_basebackup tells its progress as lines of text (src/bin/pg_basebackup/pg_basebackup.c,
// progress_report()), ended by a carriage return or a newline. Its total is an estimate of the server's,
// which the archives may exceed.
#include "postgresql/save/progress_log.hpp"

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>

namespace recover::postgresql::save {

namespace {

constexpr std::uint64_t kilobyte = 1024;
constexpr std::chrono::milliseconds pause{500};
constexpr std::size_t most_words = 600;

/// Reads a number and removes it and what is blank before it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ptr == text.data()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return number;
}

}  // namespace

std::optional<Portion> parse_portion(std::string_view line) {
  const auto done = take_number(line);
  if (!done || !line.starts_with('/')) return std::nullopt;
  line.remove_prefix(1);
  const auto total = take_number(line);
  if (!total || !line.starts_with(" kB")) return std::nullopt;
  return Portion{*done * kilobyte, *total * kilobyte};
}

std::string last_words(std::string_view log) {
  std::string words;
  while (!log.empty()) {
    const std::size_t end = std::min(log.find_first_of("\r\n"), log.size());
    const std::string_view line = log.substr(0, end);
    log.remove_prefix(std::min(end + 1, log.size()));
    if (line.empty() || parse_portion(line)) continue;
    words += (words.empty() ? "" : "; ") + std::string(line);
  }
  return words.size() > most_words ? words.substr(words.size() - most_words) : words;
}

ProgressLog::ProgressLog(std::string log_file, Progress& progress)
    : log_file_(std::move(log_file)),
      progress_(progress),
      thread_([this](const std::stop_token& stop) { follow(stop); }) {}

void ProgressLog::follow(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::uint64_t done = 0;
  std::streamoff read_until = 0;
  while (!stop.stop_requested()) {
    std::ifstream in(log_file_, std::ios::binary);
    in.seekg(read_until);
    for (std::string line; in && std::getline(in, line, '\n');) {
      if (!in.eof()) read_until = in.tellg();
      const auto portion = parse_portion(line.substr(line.find_last_of('\r') + 1));
      if (!portion || portion->done <= done) continue;
      progress_.advance(Bytes{portion->done - done});
      done = portion->done;
    }
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, pause, [] { return false; });
  }
}

}  // namespace recover::postgresql::save
