/// The probes of the SQLite plugin, one per form.
#pragma once

#include "recover/recogniser.hpp"

namespace recover::sqlite {

Result<Finding> probe_database(const Candidate& candidate, Tree& tree);
Result<Finding> probe_dump(const Candidate& candidate, Tree& tree);
/// A -wal or -journal whose database is missing or unreadable; others are rejected.
Result<Finding> probe_orphan(const Candidate& candidate, Tree& tree);

}  // namespace recover::sqlite
