/// Are a cluster's files of one moment?
#pragma once

#include "postgresql/wal_need.hpp"
#include "recover/model.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

/// Marks a cluster whose pages are newer than the end of its log as torn, and one whose data files end
/// within a page as damaged, with the evidence as notes. Does nothing to backups with a backup_label
/// (they are expected to be uneven) and inside archives.
void judge_moment(Finding& finding, Tree& tree, const WalVerdict& verdict);

}  // namespace recover::postgresql
