/// The probes of the MySQL plugin, one per form.
#pragma once

#include "recover/recogniser.hpp"

namespace recover::mysql {

Result<Finding> probe_data_directory(const Candidate& candidate, Tree& tree);
/// mysqldump, mariadb-dump and what other programs write as SQL.
Result<Finding> probe_dump(const Candidate& candidate, Tree& tree);
Result<Finding> probe_mydumper(const Candidate& candidate, Tree& tree);
Result<Finding> probe_shell_dump(const Candidate& candidate, Tree& tree);
/// mariabackup and xtrabackup directories.
Result<Finding> probe_physical_backup(const Candidate& candidate, Tree& tree);
Result<Finding> probe_enterprise_backup(const Candidate& candidate, Tree& tree);
Result<Finding> probe_backup_stream(const Candidate& candidate, Tree& tree);
Result<Finding> probe_binary_log(const Candidate& candidate, Tree& tree);

}  // namespace recover::mysql
