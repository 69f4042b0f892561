/// The events of --progress=json: one object per line of standard error (docs/formats/events.md).
#pragma once

#include "core/model/json.hpp"

#include <cstdint>
#include <mutex>
#include <string>

namespace recover::cli {

/// Numbers and writes events; thread-safe. Does nothing unless it is on.
class Events {
 public:
  explicit Events(bool is_on) : is_on_(is_on) {}
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  [[nodiscard]] bool is_on() const { return is_on_; }
  /// The run that the events from here on belong to.
  void set_run(const std::string& run);
  /// One line: type, run, ts and seq, then `fields`.
  void write(const std::string& type, const json::Json& fields);

 private:
  const bool is_on_;
  std::mutex mutex_;
  std::string run_;
  std::uint64_t sequence_ = 0;
};

}  // namespace recover::cli
