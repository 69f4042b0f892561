/// The screen of a running run as lines of text; values only, so that what is shown can be tested.
#pragma once

#include "cli/progress.hpp"

#include <string>
#include <vector>

namespace recover::cli {

/// Everything that is known of a run at one moment.
struct PanelState {
  std::string run;       ///< empty: no run yet (a scan), only the first phase is shown
  std::string strategy;  ///< "direct", or several
  std::size_t at_once = 1;
  double elapsed = 0;
  PhaseState overall;                 ///< the work of all items together
  std::vector<PhaseState> active;     ///< one for each item under way
  std::vector<std::string> waiting;   ///< names
  std::vector<std::string> finished;  ///< names with their result
  std::vector<std::string> notices;   ///< a lock that is waited for, the space that is used
};

/// At most 8 lines of at most `width` - 1 columns.
std::vector<std::string> panel_lines(const PanelState& state, unsigned width);

}  // namespace recover::cli
