// The offline assessment of one finding. Only reads.
#include "postgresql/assess.hpp"

#include "recover/errors.hpp"

namespace recover::postgresql {

Result<Assessment> assess(const Finding& finding, const Survey& /*survey*/, const Wishes& /*wishes*/,
                          Tree& /*tree*/, Host& /*host*/) {
  return make_error(recover::errors::engine_strategy_unavailable, finding.path);
}

}  // namespace recover::postgresql
