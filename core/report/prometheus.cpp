// The records in the text exposition format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats): base units, one HELP and one TYPE line per
// family, samples of one family together. Label values are names of engines, databases, sources and errors,
// never paths: each value is a series of its own for years. A value that nobody measured is no sample; an
// invented 0 would be believed.
#include "core/report/prometheus.hpp"

#include "core/report/headline.hpp"
#include "core/text/format.hpp"
#include "core/text/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace recover::report {

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Backslash, quote and line feed are the three that the format escapes; other control characters and bytes
/// that are not UTF-8 are made printable before.
std::string escaped(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

std::string label_text(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (value.empty()) continue;  // the same as no label
    text += (text.empty() ? "{" : ",") + name + "=\"" + escaped(text::printable(value)) + "\"";
  }
  return text.empty() ? "" : text + "}";
}

/// One family of samples; its head is written with its first sample.
class Family {
 public:
  Family(std::string& text, std::string name, std::string type, std::string help)
      : text_(text), name_(std::move(name)), type_(std::move(type)), help_(std::move(help)) {}

  template <typename Number>
  void sample(const Labels& labels, Number value) {
    if (!has_head_) text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help_, type_);
    has_head_ = true;
    text_ += fmt::format("{}{} {}\n", name_, label_text(labels), value);
  }

 private:
  std::string& text_;
  std::string name_;
  std::string type_;
  std::string help_;
  bool has_head_ = false;
};

/// A database with its labels, or what several databases share.
struct Series {
  Labels labels;
  run::DatabaseTally tally;
  bool is_one = true;  ///< the newest values belong to one database
};

void add(run::DatabaseTally& sum, const run::DatabaseTally& one) {
  sum.succeeded += one.succeeded;
  sum.failed += one.failed;
  sum.rolled_back += one.rolled_back;
  sum.last_success = std::max(sum.last_success, one.last_success);
}

/// The last part of what a finding is called: for some of them that is a path.
std::string database_label(const std::string& name) {
  const std::vector<std::string> parts = text::split(name, "/");
  return parts.empty() ? name : parts.back();
}

std::vector<Series> series_of(const run::Tally& tally, const MetricsForm& form) {
  // Names that look alike without their directories are one series.
  std::map<std::pair<std::string, std::string>, Series> named;
  for (const auto& [key, database] : tally.databases) {
    const std::string name = form.per_database ? database_label(key.second) : "";
    const auto [place, is_new] = named.try_emplace({key.first, name});
    Series& series = place->second;
    series.labels = {{"engine", key.first}, {"database", name}};
    series.is_one = is_new && form.per_database;
    if (is_new) {
      series.tally = database;
    } else {
      add(series.tally, database);
    }
  }
  std::vector<Series> all;
  for (auto& [key, series] : named) all.push_back(std::move(series));
  if (!form.per_database || all.size() <= form.most_databases) return all;
  std::stable_sort(all.begin(), all.end(), [](const Series& left, const Series& right) {
    return left.tally.last_success > right.tally.last_success;
  });
  std::map<std::string, Series> others;
  for (std::size_t i = form.most_databases; i < all.size(); ++i) {
    Series& other = others[all[i].labels.front().second];
    other.labels = {all[i].labels.front(), {"database", "_other"}};
    other.is_one = false;
    add(other.tally, all[i].tally);
  }
  all.resize(form.most_databases);
  for (auto& [engine, series] : others) all.push_back(std::move(series));
  return all;
}

class Metrics {
 public:
  explicit Metrics(const run::Tally& tally) : tally_(tally) {}

  std::string text(const MetricsForm& form) {
    family("build_info", "gauge", "The program that wrote this file.")
        .sample({{"version", RECOVER_VERSION}}, 1);
    runs();
    if (tally_.last) last_run(*tally_.last);
    databases(series_of(tally_, form));
    tests();
    rest();
    return std::move(text_);
  }

 private:
  Family family(const std::string& name, const std::string& type, const std::string& help) {
    return {text_, "recover_" + name, type, help};
  }

  void runs() {
    Family total = family("runs_total", "counter", "Runs on record by their outcome.");
    for (const RunStatus status :
         {RunStatus::success, RunStatus::warnings, RunStatus::partial, RunStatus::failed,
          RunStatus::interrupted, RunStatus::rolled_back, RunStatus::nothing_found}) {
      const auto found = tally_.runs.find(status);
      total.sample({{"status", to_text(status)}}, found == tally_.runs.end() ? 0 : found->second);
    }
    const auto rolled_back = tally_.runs.find(RunStatus::rolled_back);
    family("rollbacks_total", "counter", "Runs on record whose old data is back in its place.")
        .sample({}, rolled_back == tally_.runs.end() ? 0 : rolled_back->second);
    if (tally_.last_success != 0) {
      family("last_success_timestamp_seconds", "gauge", "End of the last run that recovered everything.")
          .sample({}, tally_.last_success);
    }
  }

  void last_run(const Report& report) {
    family("last_run_timestamp_seconds", "gauge", "End of the newest run.").sample({}, report.finished);
    family("last_run_exit_code", "gauge", "Exit code of the newest run; 0 is success, 4 partial.")
        .sample({}, static_cast<int>(report.exit));
    family("last_run_duration_seconds", "gauge", "How long the newest run took.").sample({}, report.seconds);
    const Totals totals = totals_of(report);
    Family databases = family("last_run_databases", "gauge", "What the newest run recovered, by outcome.");
    databases.sample({{"state", "succeeded"}}, totals.succeeded);
    databases.sample({{"state", "failed"}}, totals.failed);
    databases.sample({{"state", "skipped"}}, totals.skipped);
  }

  void databases(const std::vector<Series>& all) {
    Family total = family("restore_total", "counter", "Restores on record by their outcome.");
    for (const Series& one : all) {
      const std::array counts{std::pair{"success", one.tally.succeeded},
                              std::pair{"failure", one.tally.failed},
                              std::pair{"rolled_back", one.tally.rolled_back}};
      for (const auto& [status, count] : counts) {
        Labels labels = one.labels;
        labels.emplace_back("status", status);
        total.sample(labels, count);
      }
    }
    Family last = family("restore_last_success_timestamp_seconds", "gauge",
                         "End of the run that recovered this database last.");
    for (const Series& one : all) {
      if (one.tally.last_success != 0) last.sample(one.labels, one.tally.last_success);
    }
    newest_of(all);
  }

  /// Values of the last successful restore of each database.
  void newest_of(const std::vector<Series>& all) {
    std::vector<const Series*> known;
    for (const Series& one : all) {
      if (one.is_one && one.tally.last_success != 0) known.push_back(&one);
    }
    Family seconds = family("restore_duration_seconds", "gauge", "How long its last restore took.");
    for (const Series* one : known) seconds.sample(one->labels, one->tally.seconds);
    Family bytes = family("restore_restored_bytes", "gauge", "Bytes of its last restore.");
    for (const Series* one : known) bytes.sample(one->labels, one->tally.bytes.count);
    Family rows = family("restore_restored_rows", "gauge", "Rows counted in its last restore.");
    for (const Series* one : known) {
      if (one->tally.rows) rows.sample(one->labels, *one->tally.rows);
    }
    Family speed = family("restore_throughput_bytes_per_second", "gauge", "Speed of its last restore.");
    for (const Series* one : known) {
      if (one->tally.seconds > 0)
        speed.sample(one->labels, static_cast<double>(one->tally.bytes.count) / one->tally.seconds);
    }
  }

  void tests() {
    Family total = family("verify_test_total", "counter", "Restore tests on record by their outcome.");
    for (const auto& [source, test] : tally_.tests) {
      total.sample({{"source", source}, {"status", "success"}}, test.passed);
      total.sample({{"source", source}, {"status", "failure"}}, test.failed);
    }
    Family last =
        family("verify_last_success_timestamp_seconds", "gauge", "End of the last restore test that passed.");
    for (const auto& [source, test] : tally_.tests) {
      if (test.last_passed != 0) last.sample({{"source", source}}, test.last_passed);
    }
    Family seconds =
        family("verify_test_duration_seconds", "gauge", "How long the newest restore test took.");
    for (const auto& [source, test] : tally_.tests) seconds.sample({{"source", source}}, test.last_seconds);
    Family sampled =
        family("verify_sampled_databases", "gauge", "Databases that the newest restore test restored.");
    for (const auto& [source, test] : tally_.tests) sampled.sample({{"source", source}}, test.last_restored);
  }

  void rest() {
    family("kept_old_bytes", "gauge", "Old data in directories beside what replaced it.")
        .sample({}, tally_.kept_old.count);
    Family errors = family("errors_total", "counter", "Errors in the reports on record.");
    for (const auto& [id, count] : tally_.errors) errors.sample({{"code", id}}, count);
    family("security_events_total", "counter", "Settings of sources that were not allowed to act.")
        .sample({{"code", "security.setting_ignored"}}, tally_.ignored_settings);
  }

  const run::Tally& tally_;
  std::string text_;
};

}  // namespace

std::string metrics_text(const run::Tally& tally, const MetricsForm& form) {
  return Metrics(tally).text(form);
}

}  // namespace recover::report
