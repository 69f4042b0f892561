/// What a scan says of base backups once it knows all log in the tree.
#pragma once

#include "recover/model.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

/// For every cluster that a log can carry further: which log it needs and where that is, whether it becomes
/// consistent, and the interval it can be brought to on every timeline. In notes and facts.
void examine_backups(Survey& survey, Tree& tree);

}  // namespace recover::postgresql
