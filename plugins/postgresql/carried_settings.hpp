/// Which settings of the source go on, and which are dropped.
#pragma once

#include "postgresql/settings.hpp"
#include "recover/model.hpp"

#include <vector>

namespace recover::postgresql {

/// Settings that only tune and whose value is plain: they are written into our configuration.
std::vector<Setting> carried_settings(const std::vector<Setting>& settings);

/// Adds every setting that is not carried to the plan's ignored ones, and says what was carried.
void report_settings(Plan& plan, const std::vector<Setting>& settings);

}  // namespace recover::postgresql
