/// What a scan says of backups that were made one after the other.
#pragma once

#include "core/model/json.hpp"
#include "recover/model.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace recover::report {

/// A section of the scan's screen; empty where no series has three backups. `now` in seconds since the epoch.
std::string series_text(const std::vector<Finding>& findings, std::int64_t now);
/// "series" of recover.scan/1.
json::Json series_json(const std::vector<Finding>& findings, std::int64_t now);

}  // namespace recover::report
