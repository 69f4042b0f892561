// Recognition of everything PostgreSQL leaves on disks. Reads names and heads only.
#include "postgresql/probe.hpp"

#include "recover/errors.hpp"

namespace recover::postgresql {

Result<Finding> probe(const Candidate& candidate, Tree& tree) {
  return make_error(recover::errors::scan_not_recognised, tree.describe(candidate.path));
}

}  // namespace recover::postgresql
