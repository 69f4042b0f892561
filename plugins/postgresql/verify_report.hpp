/// From findings to checks: sentences with numbers. Pure.
#pragma once

#include "postgresql/verify_amcheck.hpp"
#include "postgresql/verify_tables.hpp"
#include "recover/model.hpp"

#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql {

/// Everything that was learned from the running server.
struct ClusterFindings {
  std::string level;
  bool is_freshly_loaded = false;  ///< then there are no readings and no structures
  std::vector<std::string> open_databases;
  std::vector<std::string> closed_databases;  ///< refuse connections by their own setting
  std::vector<std::string> unopened;          ///< "name: reason"
  std::vector<std::string> changed_collations;
  std::vector<std::string> prepared_transactions;
  std::vector<DatabaseSurvey> databases;
  std::vector<TableReading> readings;
  std::vector<std::pair<std::string, StructureFindings>> structures;  ///< by database
};

/// One check per question; what was not looked at is a check too.
std::vector<Check> report_findings(const ClusterFindings& findings);

}  // namespace recover::postgresql
