/// The checks of a running recovered server: from what was found in its databases to sentences with numbers.
#pragma once

#include "postgresql/launch.hpp"
#include "postgresql/verify_amcheck.hpp"
#include "postgresql/verify_tables.hpp"
#include "recover/engine.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

/// Connects as the bootstrap superuser, whatever its name is.
struct Cluster {
  Endpoint endpoint;
  int major = 0;
  std::string level;  ///< none, quick, full
  unsigned jobs = 1;
  std::string maintenance = "postgres";  ///< database to ask for the others
  std::vector<std::string> only = {};    ///< look at these databases alone; empty: at all
  bool is_freshly_loaded = false;        ///< somebody else reads every table
};

/// All checks that need the running server. Errors: postgresql.connection_failed, run.cancelled.
Result<std::vector<Check>> check_cluster(const Plan& plan, const Cluster& cluster, StepContext& context);

}  // namespace recover::postgresql
