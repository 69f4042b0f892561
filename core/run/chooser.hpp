/// Which of the findings will be recovered: pure decisions, no reading.
#pragma once

#include "core/run/run.hpp"

#include <vector>

namespace recover::run {

/// The copies of one database, the one to try first in front.
using Group = std::vector<const Finding*>;

struct Choice {
  std::vector<Group> groups;
  std::vector<Skipped> skipped;  ///< what cannot stand on its own: parts, repositories, wrappers
};

/// True when the operator asked for this finding by id or engine.
bool is_named(const Finding& finding, const Selection& selection);

/// Selects and groups. Ids that are picked stand alone; otherwise copies with the same engine and identity
/// form a group. Borrows from `survey`. Errors: scan.nothing_found, scan.nothing_selected.
Result<Choice> choose(const Survey& survey, const Selection& selection);

/// The option to use: the wanted strategy; else the preferred one where it is possible; else the first that
/// is not blocked. Errors: the reason of the best option, engine.strategy_blocked when the wanted one does
/// not exist for this form.
Result<Strategy> choose_strategy(const Assessment& assessment, const std::optional<Strategy>& wanted,
                                 const std::optional<Strategy>& preferred);

}  // namespace recover::run
