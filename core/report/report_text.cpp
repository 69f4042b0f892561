// The final report: a headline of fixed words, one row per database, every check with its numbers, what
// was not checked, how to undo it, and last the line to connect with, because it is what is typed next.
#include "core/report/checks.hpp"
#include "core/report/headline.hpp"
#include "core/report/report.hpp"
#include "core/report/style.hpp"
#include "core/text/format.hpp"

namespace recover::report {

namespace {

std::string headline_colored(const Report& report, const Style& style) {
  const std::string words = headline(report);
  switch (report.status) {
    case RunStatus::success: return green(words, style);
    case RunStatus::failed:
    case RunStatus::partial: return red(words, style);
    default: return yellow(words, style);
  }
}

std::string first_line(const Report& report, const Style& style) {
  const Totals totals = totals_of(report);
  std::string line = headline_colored(report, style);
  if (totals.databases > 0) {
    line += "   " + std::to_string(totals.succeeded) + " of " + counted(totals.databases, "database") +
            "   " + text::bytes(totals.restored);
  }
  line += "   " + text::duration(report.seconds);
  if (report.seconds >= 1 && totals.restored.count > 0) {
    const double rate = static_cast<double>(totals.restored.count) / report.seconds;
    line += " (" + text::bytes({static_cast<std::uint64_t>(rate)}) + "/s)";
  }
  return line + "   run " + report.run + "\n";
}

std::string verified_cell(const ItemReport& item) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const Check& check : item.checks) {
    passed += check.verdict == Verdict::passed ? 1 : 0;
    failed += check.verdict == Verdict::failed ? 1 : 0;
  }
  if (item.checks.empty()) return "-";
  if (failed > 0) return std::to_string(failed) + " of " + counted(item.checks.size(), "check") + " failed";
  return counted(passed, "check") + " passed";
}

std::string note_cell(const ItemReport& item) {
  if (item.error) return item.error->id;
  return item.kept_old.empty() ? "" : "old data kept";
}

std::string items_table(const Report& report, const Style& style) {
  std::vector<std::vector<std::string>> rows{
      {" ID", "ENGINE", "NAME", "RESULT", "ROWS", "SIZE", "TIME", "VERIFIED", "NOTE"}};
  for (const ItemReport& item : report.items) {
    if (item.result == ItemResult::skipped) continue;
    const bool has_failed = item.result == ItemResult::failed;
    rows.push_back({" " + item.id, item.engine + " " + text::printable(item.source_version),
                    text::printable(item.name), has_failed ? "FAILED" : to_text(item.result),
                    item.rows ? text::number(static_cast<std::uint64_t>(*item.rows)) : "-",
                    text::bytes(item.bytes), text::duration(item.seconds), verified_cell(item),
                    note_cell(item)});
  }
  if (rows.size() == 1) return "";
  const std::string table = text::table(rows);
  const auto end = table.find('\n');
  return "\n" + bold(table.substr(0, end), style) + table.substr(end);
}

std::string checks_of(const ItemReport& item, const Style& style) {
  std::string lines;
  for (const Check& check : item.checks) {
    lines += "   " + verdict_word(check.verdict, style) + "  " + text::printable(check.title) +
             (check.evidence.empty() ? "" : ": " + text::printable(check.evidence)) + "\n";
  }
  return lines.empty() ? "" : "\n " + item.id + " checks\n" + lines;
}

std::string labelled(const std::string& label, const std::string& text) {
  constexpr std::size_t width = 11;
  std::string line = " " + label;
  line.resize(width, ' ');
  return line + text + "\n";
}

std::string notes_of(const ItemReport& item) {
  std::string lines;
  for (const NamedDatabase& one : item.databases) {
    if (one.source != one.target)
      lines += labelled(
          "renamed", item.id + ": " + text::printable(one.source) + " became " + text::printable(one.target));
  }
  for (const auto& warning : item.warnings) {
    lines += labelled("warning", item.id + ": " + text::printable(warning));
  }
  for (const Fact& setting : item.ignored_settings) {
    lines +=
        labelled("ignored", item.id + ": " + text::printable(setting.name + ": " + to_text(setting.value)));
  }
  if (item.error) {
    const bool has_failed = item.result == ItemResult::failed;
    const Error& error = *item.error;
    lines += labelled(has_failed ? "failed" : "skipped",
                      item.id + ": " + text::printable(error.what.empty() ? error.title : error.what) +
                          (error.cause.empty() ? "" : ": " + text::printable(error.cause)));
    if (!error.state.empty()) lines += labelled("", text::printable(error.state));
    if (!error.fix.empty()) lines += labelled("", text::printable(error.fix));
  }
  return lines;
}

std::string kept_lines(const Report& report) {
  std::string lines;
  for (const ItemReport& item : report.items) {
    if (item.kept_old.empty()) continue;
    lines +=
        labelled("kept old", item.id + ": " + text::printable(item.kept_old) +
                                 (item.kept_until > 0 ? " until " + text::timestamp(item.kept_until) : ""));
  }
  return lines;
}

bool can_be_undone(const Report& report) {
  for (const ItemReport& item : report.items) {
    if (item.result == ItemResult::created || item.result == ItemResult::replaced) return !report.dry_run;
  }
  return false;
}

std::string connect_lines(const Report& report) {
  std::string lines;
  for (const ItemReport& item : report.items) {
    if (item.connect_line.empty()) continue;
    lines += " " + item.id + "  " + item.connect_line + "\n";
  }
  return lines.empty() ? "" : "\nConnect:\n" + lines;
}

}  // namespace

std::string verdict_word(Verdict verdict, const Style& style) {
  switch (verdict) {
    case Verdict::passed: return green("ok         ", style);
    case Verdict::failed: return red("FAILED     ", style);
    case Verdict::warning: return yellow("warning    ", style);
    case Verdict::not_checked: return yellow("not checked", style);
  }
  return "";
}

std::string report_text(const Report& report, const Style& style) {
  std::string page = first_line(report, style) + items_table(report, style);
  for (const ItemReport& item : report.items) page += checks_of(item, style);
  std::string notes;
  for (const auto& warning : report.warnings) notes += labelled("warning", text::printable(warning));
  for (const ItemReport& item : report.items) notes += notes_of(item);
  for (const Error& error : report.errors) {
    notes +=
        labelled("error", error.id + ": " + text::printable(error.what.empty() ? error.title : error.what) +
                              (error.cause.empty() ? "" : ": " + text::printable(error.cause)));
    if (!error.fix.empty()) notes += labelled("", text::printable(error.fix));
  }
  notes += kept_lines(report);
  if (can_be_undone(report)) notes += labelled("undo", "recover rollback " + report.run);
  if (report.status == RunStatus::interrupted) notes += labelled("resume", "recover resume " + report.run);
  notes += labelled("report", "recover report " + report.run);
  return page + "\n" + notes + connect_lines(report);
}

}  // namespace recover::report
