/// The files of pg_dump --section that lie beside each other, recognised as one dump.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

/// `finding` is what `candidate` is by itself. Where the other two sections lie beside it, the first section
/// becomes the dump of all three, and the others become its parts. Errors: source.*.
Result<void> join_sections(const Candidate& candidate, Tree& tree, Finding& finding);

}  // namespace recover::postgresql
