/// Rendering for people and for programs. Pure functions from values to text.
#pragma once

#include "core/run/run.hpp"
#include "core/scan/scanner.hpp"
#include "recover/model.hpp"

#include <string>

namespace recover::report {

struct Style {
  bool color = false;
  bool ascii = false;
  unsigned width = 100;
};

/// UX §6: the screens. Every one ends with a newline.
std::string scan_text(const scan::Outcome& outcome, const Style& style, bool print_errors);
std::string plan_text(const run::RunPlan& plan, const Style& style);
std::string report_text(const Report& report, const Style& style);
std::string error_text(const Error& error, const Style& style);

/// recover.scan/1, recover.plan/1, recover.report/1 (schemas in docs/schema).
std::string scan_json(const scan::Outcome& outcome);
std::string plan_json(const run::RunPlan& plan);
std::string report_json(const Report& report);
/// The report as one self-contained page: no script, nothing is fetched, every foreign text escaped.
std::string report_html(const Report& report);
std::string error_json(const Error& error);
/// Reads what plan_json wrote. Errors: plan.invalid.
Result<run::RunPlan> plan_from_json(const std::string& text);
/// Reads what report_json wrote (for `recover report RUN --text`).
Result<Report> report_from_json(const std::string& text);

}  // namespace recover::report
