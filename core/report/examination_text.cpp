// The screen of `recover verify SOURCE`: every finding with its checks, then the restore test, last one line
// that says no more than was done: what was restored, what was only read, what nobody looked at.
#include "core/report/checks.hpp"
#include "core/report/examination.hpp"
#include "core/report/style.hpp"
#include "core/text/format.hpp"

#include <algorithm>

namespace recover::report {

namespace {

using run::ExaminationReport;
using run::Examined;
using run::RestoredItem;
using run::RestoreTest;

std::string check_line(const Check& check, const Style& style) {
  return "   " + verdict_word(check.verdict, style) + "  " + text::printable(check.title) +
         (check.evidence.empty() ? "" : ": " + text::printable(check.evidence)) + "\n";
}

std::string verdict_of(const Examined& item, const Style& style) {
  return item.verdict() == Verdict::failed ? red("DAMAGED    ", style) : verdict_word(item.verdict(), style);
}

std::string item_lines(const Examined& item, const Style& style) {
  const Finding& finding = item.finding;
  std::string lines = " " + verdict_of(item, style) + "  " + finding.id + "  " + finding.product + " " +
                      text::printable(finding.version.text) + "  " + finding.kind + "  " +
                      text::printable(finding.path.empty() ? "." : finding.path) + "  " +
                      text::bytes(finding.size.logical) + "  " + text::duration(item.seconds) + "\n";
  for (const Check& check : item.checks) lines += check_line(check, style);
  return lines + "\n";
}

std::string restored_lines(const RestoredItem& item, const Style& style) {
  const ItemReport& report = item.report;
  std::string names;
  for (const std::string& name : item.databases)
    names += (names.empty() ? ": " : ", ") + text::printable(name);
  std::string lines = " " + (report.error ? red("FAILED     ", style) : green("ok         ", style)) +
                      "  restore test of " + item.id + names + "  " + text::duration(report.seconds) + "\n";
  for (const Check& check : report.checks) lines += check_line(check, style);
  if (report.error) {
    const Error& error = *report.error;
    lines += "   " + text::printable(error.what.empty() ? error.title : error.what) +
             (error.cause.empty() ? "" : ": " + text::printable(error.cause)) + "\n";
  }
  for (const std::string& warning : report.warnings) lines += "   warning: " + text::printable(warning) + "\n";
  return lines + "\n";
}

std::string test_line(const RestoreTest& test, const Style& style) {
  std::string line = test.is_passed() ? green("VERIFIED RESTORABLE", style) : red("NOT RESTORABLE", style);
  line += "   " + std::to_string(test.restored) + " of " + counted(test.databases, "database") +
          (test.restored == 1 ? " was" : " were") + " restored and compared";
  const std::size_t others = test.databases - std::min(test.restored, test.databases);
  if (others != 0) line += "; " + std::to_string(others) + (others == 1 ? " was" : " were") + " only read";
  line += "; the server is gone\n";
  if (others != 0) {
    line += " sample    seed " + std::to_string(test.seed) + "; --sample-seed " + std::to_string(test.seed) +
            " repeats it, --sample 100% takes all\n";
  }
  return line;
}

std::string read_line(const ExaminationReport& report, const Style& style) {
  const auto count = [&](Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(report.items.begin(), report.items.end(),
                      [&](const Examined& item) { return item.verdict() == verdict; }));
  };
  const std::size_t damaged = count(Verdict::failed) + report.errors.size();
  const std::size_t unseen = count(Verdict::not_checked);
  const std::size_t good = report.items.size() - count(Verdict::failed) - unseen;
  std::string line = damaged != 0 ? red("DAMAGED", style)
                     : good == 0  ? yellow("NOT CHECKED", style)
                                  : green("READ COMPLETELY", style);
  line += "   " + std::to_string(good) + " of " +
          counted(report.items.size() + report.errors.size(), "finding") + " sound as far as reading shows";
  if (unseen != 0) line += ", " + std::to_string(unseen) + " not checked";
  line += "   " + text::duration(report.seconds) + "\n";
  return line + (report.test ? "" : " Nothing was restored; --restore-test does that.\n");
}

}  // namespace

std::string examination_text(const ExaminationReport& report, const Style& style) {
  std::string screen = "Verify  " + text::printable(report.source) + "\n\n";
  for (const Examined& item : report.items) screen += item_lines(item, style);
  for (const Error& error : report.errors) {
    screen += " " + red("DAMAGED    ", style) + "  " + text::printable(error.what) + ": " +
              text::printable(error.cause) + "\n";
  }
  if (report.test) {
    for (const RestoredItem& item : report.test->items) screen += restored_lines(item, style);
  }
  for (const std::string& warning : report.warnings)
    screen += " warning   " + text::printable(warning) + "\n";
  screen += read_line(report, style);
  return report.test ? screen + test_line(*report.test, style) : screen;
}

}  // namespace recover::report
