/// Incremental backups (17 and newer): which earlier ones they build upon.
#pragma once

#include "recover/error.hpp"
#include "recover/model.hpp"
#include "recover/tree.hpp"

#include <optional>

namespace recover::postgresql::backup {

/// Looks for the predecessors of an incremental backup among the findings and notes the chain in its facts
/// (facts.hpp), with the names that only a full backup shows; or which predecessor is nowhere. Does nothing
/// for any other finding.
void complete_chain(Finding& finding, const Survey& survey, Tree& tree);

/// postgresql.incremental_backup naming the missing predecessor, for an incremental backup without its chain.
std::optional<Error> broken_chain(const Finding& finding);

/// What a direct copy of it needs: a chain is copied, and combined into one more directory.
Bytes space_for(const Finding& finding);

}  // namespace recover::postgresql::backup
