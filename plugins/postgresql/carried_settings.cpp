// What may be taken over from a foreign configuration without a thought: settings that only tune, exist in
// all versions from 10 to 18, cannot keep a server from starting, and whose value is a number with a unit.
// Everything else stays beside in *.from-source and is listed as dropped.
#include "postgresql/carried_settings.hpp"

#include "postgresql/placement.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace recover::postgresql {

namespace {

constexpr std::array<std::string_view, 14> tuning{"work_mem",
                                                  "maintenance_work_mem",
                                                  "temp_buffers",
                                                  "effective_cache_size",
                                                  "random_page_cost",
                                                  "seq_page_cost",
                                                  "max_wal_size",
                                                  "min_wal_size",
                                                  "checkpoint_timeout",
                                                  "checkpoint_completion_target",
                                                  "default_statistics_target",
                                                  "autovacuum_vacuum_scale_factor",
                                                  "autovacuum_analyze_scale_factor",
                                                  "log_min_duration_statement"};

/// "64MB", "0.9", "5min": digits, at most one dot, then a unit PostgreSQL knows.
bool is_plain(const std::string& value) {
  const std::size_t end = std::min(value.find_first_not_of("0123456789."), value.size());
  if (end == 0 || std::count(value.begin(), value.end(), '.') > 1) return false;
  constexpr std::array<std::string_view, 10> units{"", "B", "kB", "MB", "GB", "TB", "ms", "s", "min", "h"};
  return std::find(units.begin(), units.end(), std::string_view(value).substr(end)) != units.end();
}

bool is_carried(const Setting& setting) {
  return std::find(tuning.begin(), tuning.end(), setting.name) != tuning.end() && is_plain(setting.value);
}

}  // namespace

std::vector<Setting> carried_settings(const std::vector<Setting>& settings) {
  std::vector<Setting> carried;
  for (const Setting& setting : settings) {
    std::erase_if(carried, [&](const Setting& earlier) { return earlier.name == setting.name; });
    if (is_carried(setting)) carried.push_back(setting);
  }
  return carried;
}

void report_settings(Plan& plan, const std::vector<Setting>& settings) {
  std::string carried;
  for (const Setting& setting : carried_settings(settings)) {
    carried += (carried.empty() ? "" : ", ") + setting.name + " = " + setting.value;
  }
  set_fact(plan.facts, plan_fact::carried_settings, carried);
  for (const Setting& setting : settings) {
    if (is_carried(setting) || find_fact(plan.ignored_settings, setting.name) != nullptr) continue;
    plan.ignored_settings.push_back(
        {setting.name, setting.file + ":" + std::to_string(setting.line) + " " + setting.value});
  }
}

}  // namespace recover::postgresql
