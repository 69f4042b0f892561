/// The offline assessment: health in depth and the ways to recover one finding.
#pragma once

#include "recover/engine.hpp"

namespace recover::postgresql {

/// Errors: source.*. What makes a strategy impossible is in Assessment::options.
Result<Assessment> assess(const Finding& finding, const Survey& survey, const Wishes& wishes, Tree& tree,
                          Host& host);

}  // namespace recover::postgresql
