// The table a person sees after a scan: one row per database, what is wrong with it as numbered
// footnotes, what belongs together, what could not be read, and the next command to type. Colours are
// added after the columns are padded, so that they do not count as width.
#include "core/report/report.hpp"
#include "core/report/series.hpp"
#include "core/report/style.hpp"
#include "core/text/format.hpp"

#include <algorithm>
#include <ctime>
#include <map>

namespace recover::report {

namespace {

std::string engine_cell(const Finding& finding) {
  const std::string name = finding.product.empty() ? finding.engine : finding.product;
  return finding.confidence == Confidence::certain ? name : "probably " + name;
}

std::string health_words(const Finding& finding) {
  if (!finding.health.summary.empty()) return text::printable(finding.health.summary);
  std::string words = to_text(finding.health.state);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string kind_cell(const Finding& finding) {
  const bool is_named = finding.role == Role::leftover || finding.role == Role::part;
  return finding.kind + (is_named ? " (" + to_text(finding.role) + ")" : "");
}

std::string where_cell(const Finding& finding) {
  return finding.path.empty() ? "." : text::printable(finding.path);
}

std::string right_aligned(const std::string& cell, std::size_t width) {
  return cell.size() < width ? std::string(width - cell.size(), ' ') + cell : cell;
}

std::string findings_table(const std::vector<Finding>& findings, const Style& style) {
  constexpr std::size_t size_width = 8;
  std::vector<std::vector<std::string>> rows{
      {" ID", "ENGINE", "VERSION", "KIND", right_aligned("SIZE", size_width), "HEALTH", "WHERE"}};
  std::size_t footnote = 0;
  for (const Finding& finding : findings) {
    std::string health = health_words(finding);
    if (!finding.health.notes.empty()) health += " " + std::to_string(++footnote);
    rows.push_back({" " + finding.id, engine_cell(finding), text::printable(finding.version.text),
                    kind_cell(finding), right_aligned(text::bytes(finding.size.logical), size_width), health,
                    where_cell(finding)});
  }
  std::string table = text::table(rows);
  const auto end = table.find('\n');
  return bold(table.substr(0, end), style) + table.substr(end);
}

std::string footnotes(const std::vector<Finding>& findings) {
  std::string notes;
  std::size_t footnote = 0;
  for (const Finding& finding : findings) {
    if (finding.health.notes.empty()) continue;
    const std::string number = std::to_string(++footnote);
    const std::string indent(number.size() + 2, ' ');
    for (const auto& note : finding.health.notes) {
      notes += (&note == &finding.health.notes.front() ? " " + number + " " : indent) +
               text::printable(note) + "\n";
    }
  }
  return notes.empty() ? "" : "\n" + notes;
}

std::string relations(const std::vector<Finding>& findings) {
  std::string lines;
  for (const Finding& finding : findings) {
    for (const Relation& relation : finding.related) {
      lines += " " + finding.id + ": " + text::printable(relation.how) + " " + relation.id + "\n";
    }
  }
  return lines.empty() ? "" : "\nRelated:\n" + lines;
}

std::string advice(const std::vector<Finding>& findings) {
  std::string lines;
  for (const Finding& finding : findings) {
    if (!finding.advice.empty()) lines += " " + finding.id + ": " + text::printable(finding.advice) + "\n";
  }
  return lines.empty() ? "" : "\nTo make readable:\n" + lines;
}

std::string unreadable(const scan::Outcome& outcome, bool print_errors) {
  if (outcome.unreadable_count == 0) return "";
  constexpr std::size_t shown_at_first = 5;
  std::map<std::string, std::size_t> reasons;
  for (const auto& one : outcome.unreadable) ++reasons[one.reason];
  std::string counts;
  for (const auto& [reason, count] : reasons) {
    counts += (counts.empty() ? "" : ", ") + text::printable(reason) + " " + std::to_string(count);
  }
  std::string lines = "\nNot readable: " + counted(outcome.unreadable_count, "path") + " (" + counts + ")";
  const std::size_t shown =
      print_errors ? outcome.unreadable.size() : std::min(shown_at_first, outcome.unreadable.size());
  lines += shown < outcome.unreadable_count ? "   --print-errors lists all\n" : "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    lines += " " + text::printable(outcome.unreadable[i].path) + ": " +
             text::printable(outcome.unreadable[i].reason) + "\n";
  }
  return lines;
}

std::string problems(const scan::Outcome& outcome, const Style& style) {
  std::string lines;
  for (const Error& error : outcome.errors) {
    lines += " " + red(error.id, style) + "  " + text::printable(error.what) +
             (error.cause.empty() ? "" : ": " + text::printable(error.cause)) + "\n";
  }
  for (const auto& warning : outcome.warnings)
    lines += " " + yellow("warning", style) + "  " + text::printable(warning) + "\n";
  return lines.empty() ? "" : "\nProblems:\n" + lines;
}

/// The first one a person would want back.
std::string best_id(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.role == Role::database) return finding.id;
  }
  return findings.front().id;
}

std::string next_lines(const scan::Outcome& outcome) {
  const std::string source = text::shell_quoted(outcome.survey.root);
  const std::string plan = "recover plan " + source;
  const std::string pick = "recover " + source + " --pick " + best_id(outcome.survey.findings);
  const std::size_t width = std::max(plan.size(), pick.size()) + 3;
  return "\nNext:  " + plan + std::string(width - plan.size(), ' ') + "what would happen\n       " + pick +
         std::string(width - pick.size(), ' ') + "restore one\n";
}

}  // namespace

std::string scan_text(const scan::Outcome& outcome, const Style& style, bool print_errors) {
  std::string page = "Scanned " + text::printable(outcome.survey.root) + " (read-only)     " +
                     text::number(outcome.entries) + " entries   " + text::duration(outcome.seconds) + "   " +
                     counted(outcome.survey.findings.size(), "finding") + "\n";
  if (outcome.stopped_early) page += "stopped early after " + text::number(outcome.entries) + " entries\n";
  const auto& findings = outcome.survey.findings;
  if (!findings.empty()) {
    page += "\n" + findings_table(findings, style) + footnotes(findings) + relations(findings) +
            series_text(findings, std::time(nullptr)) + advice(findings);
  }
  page += problems(outcome, style) + unreadable(outcome, print_errors);
  if (!findings.empty()) page += next_lines(outcome);
  return page;
}

}  // namespace recover::report
