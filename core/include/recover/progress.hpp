/// Progress flows sideways to a sink; nobody who reports it knows how it is shown.
#pragma once

#include "recover/units.hpp"

#include <string>

namespace recover {

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
  virtual void end() = 0;
};

}  // namespace recover
