// The report as one page that opens from a disk or any web server, years later: no script, no font, nothing
// fetched, and a policy in the page itself that forbids it (Content-Security-Policy). Every text is escaped,
// because names, settings and error texts come from a foreign machine. It shows what the text report shows,
// in the same order.
#include "core/report/headline.hpp"
#include "core/report/report.hpp"
#include "core/report/style.hpp"
#include "core/text/format.hpp"

namespace recover::report {

namespace {

constexpr const char* page_head =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    ":root{color-scheme:light dark}\n"
    "body{font:15px/1.45 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\n"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}\n"
    "th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #8885;vertical-align:top}\n"
    "td.number{text-align:right;font-variant-numeric:tabular-nums}\n"
    "code,pre{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    ".good{color:#1a7f37}.bad{color:#c62828;font-weight:600}.look{color:#9a6700}\n"
    "@media(prefers-color-scheme:dark){.good{color:#4ac26b}.bad{color:#ff7b72}.look{color:#d4a72c}}\n"
    "</style>\n";

std::string escaped(const std::string& foreign) {
  std::string html;
  for (const char c : text::printable(foreign)) {
    switch (c) {
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '&': html += "&amp;"; break;
      case '"': html += "&quot;"; break;
      case '\'': html += "&#39;"; break;
      default: html += c;
    }
  }
  return html;
}

std::string element(const std::string& name, const std::string& content) {
  return "<" + name + ">" + content + "</" + name.substr(0, name.find(' ')) + ">";
}
std::string cell(const std::string& foreign) {
  return element("td", escaped(foreign));
}
std::string number_cell(const std::string& foreign) {
  return element("td class=\"number\"", escaped(foreign));
}
std::string row(const std::string& label, const std::string& foreign) {
  return foreign.empty() ? "" : "<tr>" + element("th", label) + cell(foreign) + "</tr>\n";
}

const char* tone_of(RunStatus status) {
  if (status == RunStatus::success) return "good";
  return status == RunStatus::failed || status == RunStatus::partial ? "bad" : "look";
}

std::string summary(const Report& report) {
  const Totals totals = totals_of(report);
  std::string rows = row("run", report.run) + row("source", report.source);
  rows += row("source unchanged", report.source_unchanged ? "yes" : "no");
  rows +=
      row("databases", std::to_string(totals.succeeded) + " of " + std::to_string(totals.databases) +
                           (totals.skipped > 0 ? ", " + std::to_string(totals.skipped) + " skipped" : ""));
  rows += row("recovered", text::bytes(totals.restored));
  rows += row("began", text::timestamp(report.started)) + row("ended", text::timestamp(report.finished));
  rows += row("took", text::duration(report.seconds));
  rows += row("machine", report.host) + row("user", report.user);
  rows += row("exit code", std::to_string(static_cast<int>(report.exit)));
  return element("table", rows);
}

std::string items_table(const Report& report) {
  std::string rows = "<tr>";
  for (const char* title : {"id", "engine", "name", "result", "rows", "size", "time", "old data"}) {
    rows += element("th", title);
  }
  rows += "</tr>\n";
  for (const ItemReport& item : report.items) {
    const bool has_failed = item.result == ItemResult::failed;
    rows += "<tr>" + cell(item.id) + cell(item.engine + " " + item.source_version) + cell(item.name) +
            element(has_failed ? "td class=\"bad\"" : "td", escaped(to_text(item.result))) +
            number_cell(item.rows ? text::number(static_cast<std::uint64_t>(*item.rows)) : "-") +
            number_cell(text::bytes(item.bytes)) + number_cell(text::duration(item.seconds)) +
            cell(item.kept_old) + "</tr>\n";
  }
  return report.items.empty() ? "" : element("h2", "Databases") + element("table", rows);
}

const char* tone_of(Verdict verdict) {
  if (verdict == Verdict::passed) return "good";
  return verdict == Verdict::failed ? "bad" : "look";
}

std::string error_rows(const Error& error) {
  std::string rows =
      "<tr>" + element("th", "error") + element("td class=\"bad\"", escaped(error.id)) + "</tr>\n";
  rows += row("what", error.what.empty() ? error.title : error.what) + row("cause", error.cause);
  return rows + row("state", error.state) + row("what to do", error.fix);
}

std::string item_section(const ItemReport& item) {
  std::string section = element("h2", escaped(item.id + " " + item.name));
  std::string rows;
  for (const Check& check : item.checks) {
    rows +=
        "<tr>" +
        element(std::string("td class=\"") + tone_of(check.verdict) + "\"", escaped(to_text(check.verdict))) +
        cell(check.title) + cell(check.evidence) + "</tr>\n";
  }
  if (!rows.empty()) section += element("h3", "Checks") + element("table", rows);
  rows.clear();
  for (const Phase& phase : item.phases) {
    rows += "<tr>" + cell(phase.name) + number_cell(text::duration(phase.seconds)) +
            number_cell(phase.bytes.count > 0 ? text::bytes(phase.bytes) : "") + "</tr>\n";
  }
  if (!rows.empty()) section += element("h3", "Steps") + element("table", rows);
  rows.clear();
  for (const auto& warning : item.warnings) rows += row("warning", warning);
  for (const Fact& setting : item.ignored_settings)
    rows += row("ignored", setting.name + ": " + to_text(setting.value));
  if (item.error) rows += error_rows(*item.error);
  if (!rows.empty()) section += element("h3", "Notes") + element("table", rows);
  if (!item.connect_line.empty()) section += element("pre", escaped(item.connect_line));
  return section;
}

}  // namespace

std::string report_html(const Report& report) {
  std::string page =
      page_head + element("title", escaped(headline(report) + " " + report.run)) + "\n</head><body>\n";
  page +=
      element(std::string("h1 class=\"") + tone_of(report.status) + "\"", escaped(headline(report))) + "\n";
  page += summary(report) + items_table(report);
  std::string notes;
  for (const auto& warning : report.warnings) notes += row("warning", warning);
  for (const Error& error : report.errors) notes += error_rows(error);
  if (!notes.empty()) page += element("h2", "Notes on the run") + element("table", notes);
  for (const ItemReport& item : report.items) page += item_section(item);
  return page + "</body></html>\n";
}

}  // namespace recover::report
