/// What shows that somebody has "repaired" a cluster before: a removed backup_label, a log begun anew.
#pragma once

#include "postgresql/cluster_files.hpp"
#include "recover/model.hpp"

namespace recover::postgresql {

/// Notes the signs in the finding's facts and health.
void look_for_repairs(Tree& tree, const ClusterFiles& files, Finding& finding);

/// The same for the report of a recovery: what was done to the data before we saw it.
Check check_history(const Facts& facts);

}  // namespace recover::postgresql
