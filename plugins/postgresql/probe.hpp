/// Recognition: confirms a candidate of the manifest and reads its facts from the files.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

/// Reads only what is cheap: heads, names, a few catalog pages. Errors: scan.not_recognised,
/// source.*. Fact names: facts.hpp.
Result<Finding> probe(const Candidate& candidate, Tree& tree);

}  // namespace recover::postgresql
