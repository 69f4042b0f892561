/// Where one phase stands, as a line for a terminal, a log or a program.
#pragma once

#include "cli/estimate.hpp"
#include "core/model/json.hpp"
#include "recover/units.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace recover::cli {

/// Things of a phase that are counted: tables, indexes.
struct Count {
  std::string things;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  ///< 0 = unknown
};

/// Where a phase stands. Values only, so that what is shown can be tested.
struct PhaseState {
  std::string item;
  std::string phase;
  std::string detail;
  Bytes total;  ///< 0 = unknown
  Bytes done;
  double seconds = 0;  ///< since the phase began
  Count count;
  std::optional<Estimate> left;  ///< nothing: it cannot be said
  double rate = 0;               ///< bytes in a second, of late
  double idle = 0;               ///< seconds since the last byte, where more are to come
};

/// Percent done, 0 to 99: a phase that has not ended is never complete.
int percent_done(const PhaseState& state);
/// "8-11 min left", "about 40 s left", "less than 3 min left", "estimating".
std::string time_left(const std::optional<Estimate>& left);
/// How much is done, in bytes where they say something and in things where those are counted:
/// "71 %   8.8 GB / 12.4 GB, 12/61 tables   38.0 MB/s   8-11 min left". `bar_length` 0: no bar.
std::string amount_done(const PhaseState& state, std::size_t bar_length);
/// One line of at most `width` columns for a terminal.
std::string terminal_line(const PhaseState& state, unsigned width);
/// "phase=copy item=pg-1 done=8.8GB ..." for logs.
std::string plain_line(const PhaseState& state);
/// The same as the fields of an event; `id` is the item's.
json::Json progress_fields(const std::string& id, const PhaseState& state);
/// The fields of an event that say how far something is; part of the above.
json::Json amount_fields(const PhaseState& state);

}  // namespace recover::cli
