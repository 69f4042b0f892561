// Recognition of everything PostgreSQL leaves on disks: each signature of engine.ini has its function
// here. A signature is only a suspicion; the function confirms it by reading, or says what it is not.
// A path can carry several suspicions: they are tried in the manifest's order.
#include "postgresql/probe.hpp"

#include "postgresql/cluster_probe.hpp"
#include "postgresql/dump_probe.hpp"
#include "postgresql/part_probe.hpp"
#include "postgresql/repository_probe.hpp"
#include "recover/errors.hpp"
#include "recover/recogniser.hpp"

#include <algorithm>
#include <string_view>

namespace recover::postgresql {

namespace {

struct Row {
  std::string_view signature;
  Result<Finding> (*probe)(const Candidate&, Tree&);
};

constexpr Row rows[] = {
    {"data_directory", probe_data_directory},
    {"data_directory_without_version", probe_data_directory},
    {"data_directory_without_global", probe_data_directory},
    {"data_directory_without_base", probe_data_directory},
    {"tablespace", probe_tablespace},
    {"database_directory", probe_database_directory},
    {"wal_directory", probe_wal_directory},
    {"plain_dump", probe_plain_dump},
    {"plain_dump_with_preamble", probe_plain_dump},
    {"cluster_dump", probe_cluster_dump},
    {"custom_dump", probe_custom_dump},
    {"directory_dump", probe_directory_dump},
    {"directory_dump_compressed", probe_directory_dump},
    {"tar_dump", probe_tar_dump},
    {"cluster_dump_set", probe_cluster_dump_set},
    {"cluster_dump_development", probe_development_dump},
    {"pgbackrest", probe_pgbackrest},
    {"pgbackrest_archive", probe_pgbackrest},
    {"barman", probe_barman},
    {"wal_g", probe_wal_g},
    {"pg_probackup", probe_pg_probackup},
    {"pg_probackup_backup", probe_pg_probackup},
};

}  // namespace

Result<Finding> probe(const Candidate& candidate, Tree& tree) {
  for (const Mark& mark : candidate.marks) {
    const auto* row = std::find_if(std::begin(rows), std::end(rows),
                                   [&](const Row& each) { return each.signature == mark.signature; });
    if (row == std::end(rows)) continue;
    auto finding = row->probe(candidate, tree);
    if (finding || finding.error().id != recover::errors::scan_not_recognised.id) return finding;
  }
  return not_recognised(candidate, "nothing of PostgreSQL is in it");
}

}  // namespace recover::postgresql
