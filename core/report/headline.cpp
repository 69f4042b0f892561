// Headline words are an interface: people search logs for them (docs/reports.md). Never reworded.
#include "core/report/headline.hpp"

#include <algorithm>

namespace recover::report {

namespace {

/// A run of `recover verify` only looks; its items are all verified or failed verification.
bool is_verification(const Report& report) {
  return std::any_of(report.items.begin(), report.items.end(),
                     [](const ItemReport& item) { return item.result == ItemResult::verified; });
}

}  // namespace

double Totals::success_percent() const {
  if (databases == 0) return 0;
  return 100.0 * static_cast<double>(succeeded) / static_cast<double>(databases);
}

Totals totals_of(const Report& report) {
  Totals totals;
  for (const ItemReport& item : report.items) {
    if (item.result == ItemResult::skipped) {
      ++totals.skipped;
      continue;
    }
    ++totals.databases;
    totals.planned += item.bytes;
    if (item.result == ItemResult::failed) {
      ++totals.failed;
    } else {
      ++totals.succeeded;
      totals.restored += item.bytes;
    }
  }
  return totals;
}

std::string headline(const Report& report) {
  if (is_verification(report)) {
    return report.status == RunStatus::success || report.status == RunStatus::warnings ? "VERIFIED RESTORABLE"
                                                                                       : "NOT RESTORABLE";
  }
  switch (report.status) {
    case RunStatus::success: return "RECOVERED";
    case RunStatus::warnings: return "RECOVERED WITH WARNINGS";
    case RunStatus::partial: return "PARTIALLY RECOVERED";
    case RunStatus::interrupted: return "INTERRUPTED";
    case RunStatus::rolled_back: return "ROLLED BACK";
    case RunStatus::failed:
    case RunStatus::nothing_found: break;
  }
  return "NOTHING RECOVERED";
}

}  // namespace recover::report
