// From results to news. Pure. Messages leave the machine and are kept by others, so an error is told by its
// id and the catalogue's title, never by its cause, which may quote rows; every text of foreign origin is
// made printable, which also keeps a database's name from adding lines or headers, and loses its passwords.
#include "core/notify/news.hpp"

#include "core/report/headline.hpp"
#include "core/text/format.hpp"
#include "core/text/redaction.hpp"

namespace recover::notify {

namespace {

std::string safe(const std::string& foreign) {
  return text::printable(text::redacted(foreign));
}

Trouble trouble_of(const Error& error, const std::string& name) {
  return {safe(name), error.id, safe(error.title)};
}

Event event_of(const Report& report) {
  const bool is_partial = report.status == RunStatus::partial || report.exit == ExitCode::partial ||
                          report.exit == ExitCode::salvaged;
  if (report.exit == ExitCode::rollback_incomplete) return Event::failure;
  if (is_partial) return Event::partial;
  if (report.exit != ExitCode::ok) return Event::failure;
  return report.status == RunStatus::warnings ? Event::warning : Event::success;
}

std::size_t warnings_of(const Report& report) {
  std::size_t count = report.warnings.size();
  for (const ItemReport& item : report.items) {
    count += item.warnings.size();
    for (const Check& check : item.checks) count += check.verdict == Verdict::warning ? 1 : 0;
  }
  return count;
}

/// The databases of an item: those that it tells, or itself.
void add_names(const ItemReport& item, std::vector<std::string>& names) {
  for (const NamedDatabase& database : item.databases) names.push_back(safe(database.source));
  if (item.databases.empty()) names.push_back(safe(item.name));
}

bool is_recovered(const ItemReport& item) {
  return !item.error && item.result != ItemResult::failed && item.result != ItemResult::skipped &&
         item.result != ItemResult::rolled_back;
}

News news_at(const Speaker& speaker) {
  News news;
  news.host = safe(speaker.host);
  news.time = speaker.time;
  return news;
}

}  // namespace

std::string to_text(Event event) {
  switch (event) {
    case Event::start: return "start";
    case Event::success: return "success";
    case Event::warning: return "warning";
    case Event::partial: return "partial";
    case Event::failure: return "failure";
    case Event::restore_test: return "restore_test";
  }
  return "";
}

News news_of_start(const std::string& run, const std::string& source, const Speaker& speaker) {
  News news = news_at(speaker);
  news.event = Event::start;
  news.is_restore_test = run.empty();
  news.run = safe(run);
  news.source = safe(source);
  news.status = "running";
  news.headline = run.empty() ? "RESTORE TEST STARTED" : "STARTED";
  if (!run.empty()) news.next = "recover status " + news.run;
  return news;
}

News news_of(const Report& report, const Speaker& speaker) {
  News news = news_at(speaker);
  news.event = event_of(report);
  news.run = safe(report.run);
  news.source = safe(report.source);
  news.status = recover::to_text(report.status);
  news.headline = report::headline(report);
  news.exit = static_cast<int>(report.exit);
  news.seconds = report.seconds;
  news.warnings = warnings_of(report);
  for (const ItemReport& item : report.items) {
    if (is_recovered(item)) add_names(item, news.recovered);
    if (item.error) news.troubles.push_back(trouble_of(*item.error, item.name));
  }
  for (const Error& error : report.errors) news.troubles.push_back(trouble_of(error, ""));
  const bool can_go_on = !news.is_good() && report.exit != ExitCode::rollback_incomplete;
  news.next = (can_go_on ? "recover resume " : "recover report ") + news.run;
  return news;
}

News news_of(const run::ExaminationReport& report, const Speaker& speaker) {
  News news = news_at(speaker);
  const bool is_passed = report.exit == ExitCode::ok && report.test && report.test->is_passed();
  news.event = is_passed ? Event::success : Event::failure;
  news.is_restore_test = true;
  news.source = safe(report.source);
  news.status = is_passed ? "success" : "failed";
  news.headline = is_passed ? "VERIFIED RESTORABLE" : "NOT RESTORABLE";
  news.exit = static_cast<int>(report.exit);
  news.seconds = report.seconds;
  news.warnings = report.warnings.size();
  for (const run::Examined& item : report.items) {
    for (const Check& check : item.checks) {
      if (check.error) news.troubles.push_back(trouble_of(*check.error, item.finding.name));
    }
  }
  for (const Error& error : report.errors) news.troubles.push_back(trouble_of(error, ""));
  if (!report.test) return news;
  for (const run::RestoredItem& item : report.test->items) {
    if (item.report.error) {
      news.troubles.push_back(trouble_of(*item.report.error, item.id));
    } else {
      for (const std::string& name : item.databases) news.recovered.push_back(safe(name));
      if (item.databases.empty()) news.recovered.push_back(safe(item.id));
    }
  }
  news.next = safe("recover verify " + text::shell_quoted(report.source) + " --restore-test --sample-seed " +
                   std::to_string(report.test->seed));
  return news;
}

News news_of(const Error& error, const std::string& run, const std::string& source, const Speaker& speaker) {
  News news = news_at(speaker);
  news.run = safe(run);
  news.source = safe(source);
  news.status = "failed";
  news.headline = "FAILED";
  news.exit = static_cast<int>(error.exit);
  news.troubles = {trouble_of(error, "")};
  news.next = "recover explain " + error.id;
  return news;
}

}  // namespace recover::notify
