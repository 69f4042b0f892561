/// Numbers for a monitoring system: a file for node_exporter's textfile collector (docs/monitoring.md).
#pragma once

#include "core/run/tally.hpp"

#include <cstddef>
#include <string>

namespace recover::report {

struct MetricsForm {
  bool per_database = true;          ///< series with the name of a database
  std::size_t most_databases = 200;  ///< those restored last keep their names, the others are one series
};

/// Text exposition format 0.0.4. What is not known has no sample.
std::string metrics_text(const run::Tally& tally, const MetricsForm& form);

}  // namespace recover::report
