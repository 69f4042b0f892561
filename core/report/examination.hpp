/// What `recover verify SOURCE` shows.
#pragma once

#include "core/report/report.hpp"
#include "core/run/examination.hpp"

#include <string>

namespace recover::report {

std::string examination_text(const run::ExaminationReport& report, const Style& style);
/// recover.verify/1 (docs/schema).
std::string examination_json(const run::ExaminationReport& report);

}  // namespace recover::report
