/// Where one phase stands, as a line for a terminal, a log or a program.
#pragma once

#include "core/model/json.hpp"
#include "recover/units.hpp"

#include <string>

namespace recover::cli {

/// Where a phase stands. Values only, so that what is shown can be tested.
struct PhaseState {
  std::string item;
  std::string phase;
  std::string detail;
  Bytes total;  ///< 0 = unknown
  Bytes done;
  double seconds = 0;  ///< since the phase began
};

/// Percent done, 0 to 99: a phase that has not ended is never complete.
int percent_done(const PhaseState& state);
/// Seconds left, or a negative number while it is too early to say (5 s or 2 %).
double seconds_left(const PhaseState& state);
/// One line of at most `width` columns for a terminal.
std::string terminal_line(const PhaseState& state, unsigned width);
/// "phase=copy item=pg-1 done=8.8GB ..." for logs.
std::string plain_line(const PhaseState& state);
/// The same as the fields of an event; `id` is the item's.
json::Json progress_fields(const std::string& id, const PhaseState& state);

}  // namespace recover::cli
