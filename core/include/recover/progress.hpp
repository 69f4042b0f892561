/// Progress flows sideways to a sink; nobody who reports it knows how it is shown.
#pragma once

#include "recover/facts.hpp"
#include "recover/units.hpp"

#include <cstdint>
#include <string>

namespace recover {

/// What a person who watches should know at once, and what is neither progress nor an error.
struct Notice {
  std::string type;  ///< an event of docs/formats/events.md: "lock_wait", "disk_low", "space"
  std::string text;  ///< one line for a person; empty: it is over
  Facts facts;       ///< the fields of the event; a change of "state" is told at once, others now and then
};

/// Where progress goes. Implementations are thread-safe and never fail.
class Progress {
 public:
  virtual ~Progress();
  /// A phase begins; `total` 0 = unknown (shown as "estimating", never as a wrong time).
  virtual void begin(const std::string& item, const std::string& phase, Bytes total) = 0;
  /// `done` more bytes of the current phase.
  virtual void advance(Bytes done) = 0;
  /// What is being worked on right now (a path, a table).
  virtual void detail(const std::string& text) = 0;
  /// How many things of the current phase are done ("tables": 12 of 61); `total` 0 = unknown.
  virtual void count(const std::string& things, std::uint64_t done, std::uint64_t total);
  /// The last one of each type stays in sight until the step ends. It does not keep a stalled step alive.
  virtual void notice(const Notice& notice);
  virtual void end() = 0;
};

}  // namespace recover
