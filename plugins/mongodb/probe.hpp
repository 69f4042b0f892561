/// The probes of the MongoDB plugin, one per form.
#pragma once

#include "recover/recogniser.hpp"

namespace recover::mongodb {

Result<Finding> probe_data_directory(const Candidate& candidate, Tree& tree);
Result<Finding> probe_mmapv1(const Candidate& candidate, Tree& tree);
/// The output directory of mongodump, of several databases or of one.
Result<Finding> probe_dump(const Candidate& candidate, Tree& tree);
Result<Finding> probe_archive(const Candidate& candidate, Tree& tree);
Result<Finding> probe_bson(const Candidate& candidate, Tree& tree);
Result<Finding> probe_export(const Candidate& candidate, Tree& tree);
Result<Finding> probe_percona_backup(const Candidate& candidate, Tree& tree);

}  // namespace recover::mongodb
