/// Recognition of data directories and base backups, whole or damaged.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

namespace recover::postgresql {

Result<Finding> probe_data_directory(const Candidate& candidate, Tree& tree);

}  // namespace recover::postgresql
