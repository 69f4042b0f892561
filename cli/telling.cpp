// Telling comes last: the data is safe and the report is on disk before anybody hears of it, and what cannot
// be told is a warning. The file for the monitoring system is never made inside the source, whatever its
// name.
#include "cli/telling.hpp"

#include "cli/choices.hpp"
#include "cli/recipients.hpp"
#include "core/notify/delivery.hpp"
#include "core/report/prometheus.hpp"
#include "core/run/preflight.hpp"
#include "core/run/records.hpp"
#include "core/run/tally.hpp"
#include "core/run/test_ledger.hpp"
#include "core/sys/account.hpp"
#include "core/sys/host.hpp"
#include "core/sys/target_files.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace recover::cli {

namespace {

void warn_of(const Error& error, Session& session, const std::string& about = "") {
  session.warn(about + error.what + ": " + error.cause + " (" + error.id + ")");
}

/// Every place that this command line may mean as its source: which of them it was is not known any more.
std::vector<std::string> possible_sources(Session& session) {
  const config::Settings& settings = session.settings();
  std::vector<std::string> places;
  for (const auto& word : session.words()) {
    if (word.starts_with('@')) places.push_back(settings.text("source." + word.substr(1) + ".path"));
    if (const auto run = run::find_run(word, session.state()))
      places.push_back(run::load_status({session.state().run(*run)}).source);
    places.push_back(word);
  }
  places.push_back(settings.text("backup_path"));
  std::erase(places, "");
  return places;
}

Result<void> write_metrics(const std::optional<Report>& report, const std::vector<std::string>& sources,
                           Session& session) {
  const std::string path = absolute_path(session.settings().text("metrics.textfile"));
  const auto failed = [&](const Error& error) {
    return make_error(errors::metrics_not_written, "cannot write the metrics to " + path, error.cause);
  };
  for (const auto& source : sources) {
    if (auto outside = run::check_outside(path, absolute_path(source)); !outside)
      return failed(outside.error());
  }
  report::MetricsForm form;
  form.per_database = session.settings().flag("metrics.per_database");
  form.most_databases = static_cast<std::size_t>(session.settings().number("metrics.max_database_labels"));
  const std::string text = report::metrics_text(run::tally_of(session.state(), report), form);
  constexpr unsigned readable_by_all = 0644;
  const sys::Account us = RECOVER_TRY(sys::owner_account(""));
  if (auto written = sys::write_atomically(path, text, us, readable_by_all); !written)
    return failed(written.error());
  return {};
}

void tell_metrics(const std::optional<Report>& report, const std::vector<std::string>& sources,
                  Session& session) {
  if (session.settings().text("metrics.textfile").empty()) return;
  if (auto written = write_metrics(report, sources, session); !written) warn_of(written.error(), session);
}

/// What there is to say of a run that never came to be.
Report report_of(const Error& error, Session& session) {
  Report report;
  report.run = session.settings().text("run-id");
  report.status = error.exit == ExitCode::nothing_found ? RunStatus::nothing_found : RunStatus::failed;
  report.exit = session.exit_unless_signalled(error.exit);
  report.started = session.host().clock().now();
  report.finished = report.started;
  report.errors.push_back(error);
  return report;
}

notify::Speaker speaker(Session& session) {
  return {sys::machine_name(), session.host().clock().now()};
}

void spread(const notify::News& news, Session& session) {
  // Unknown names were refused before anything began.
  const auto recipients = cli::recipients(session.settings());
  if (!recipients) return;
  notify::Patience patience;
  // Whoever stops us wants to be gone soon, and a start that is told late is no news.
  const bool is_short = session.cancel().is_cancelled() || news.event == notify::Event::start;
  if (is_short) patience.tries = 1;
  for (const Error& error : notify::tell(*recipients, news, patience, session.host()))
    warn_of(error, session, "notification to " + text_fact(error.facts, "recipient") + ": ");
}

bool is_one_of(const std::string& name, const std::array<std::string_view, 5>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The run that the command line names, if it names one.
std::string named_run(const Session& session) {
  for (const auto& word : session.words()) {
    if (const auto run = run::find_run(word, session.state())) return *run;
  }
  return session.settings().text("run-id");
}

/// The source as the command line calls it.
std::string named_source(const Session& session) {
  for (const auto& word : session.words()) {
    if (word.starts_with('@') || word.find('/') != std::string::npos) return word;
  }
  return "";
}

/// `recover verify`, also under its older name.
bool only_looks(const Command& command, const Session& session) {
  const std::string name = command.name;
  return name == "verify" ||
         (name == "restore" && !session.words().empty() && session.words()[0] == "verify");
}

}  // namespace

void tell_of_start(const std::string& run, const std::string& source, Session& session) {
  session.beside(
      [news = notify::news_of_start(run, source, speaker(session)), &session] { spread(news, session); });
}

void tell_of_run(const Report& report, Session& session) {
  session.wait_beside();
  tell_metrics(report, {report.source}, session);
  spread(notify::news_of(report, speaker(session)), session);
}

void tell_of_test(const run::ExaminationReport& report, const std::string& source, Session& session) {
  session.wait_beside();
  const run::TestRecord record{session.host().clock().now(), source, report.test->is_passed(),
                               report.test->restored, report.test->seconds};
  if (auto recorded = run::record_test(session.state(), record, session.host()); !recorded)
    warn_of(recorded.error(), session);
  tell_metrics(std::nullopt, {report.source}, session);
  spread(notify::news_of(report, speaker(session)), session);
}

void tell_of_failure(const Command& command, const Error& error, Session& session) {
  session.wait_beside();
  const bool is_test = only_looks(command, session);
  if (is_test ? !session.settings().flag("restore-test")
              : !is_one_of(command.name, {"", "restore", "apply", "resume", "rollback"}))
    return;
  if (session.settings().flag("dry_run_mode")) return;
  // A person who said no knows it.
  if (error.id == errors::run_not_confirmed.id && session.terminal().can_ask) return;
  if (!is_test) tell_metrics(report_of(error, session), possible_sources(session), session);
  notify::News news = notify::news_of(error, named_run(session), named_source(session), speaker(session));
  news.is_restore_test = is_test;
  if (is_test) news.headline = "NOT RESTORABLE";
  spread(news, session);
}

std::string source_name(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    if (word.starts_with('@')) return word.substr(1);
  }
  return "";
}

}  // namespace recover::cli
