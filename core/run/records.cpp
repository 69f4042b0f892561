// Writing and reading the files of a run's directory. Everything is written under a temporary name,
// synced and renamed, so a reader (recover status, resume after a crash) sees the old or the new file.
// The journal alone decides what was done; these files say it in more words. Formats: docs/formats/run.md.
#include "core/run/records.hpp"

#include "core/model/json.hpp"
#include "core/report/report.hpp"
#include "core/run/restore_manifest.hpp"
#include "core/sys/target_files.hpp"
#include "core/sys/whole_file.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace recover::run {

namespace {

using json::Json;

constexpr std::size_t largest_record = std::size_t{256} << 20;

Result<void> replace(const std::string& path, const std::string& content) {
  return sys::write_atomically(path, content, RECOVER_TRY(sys::owner_account("")), 0600);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> artifacts_of(const RunDirectory& directory,
                                                              const Report& report) {
  std::vector<std::pair<std::string, std::string>> files{
      {"manifest", manifest_path(directory, report.run, report.started)},
      {"journal", directory.journal()},
      {"plan", directory.plan()},
      {"report", directory.report()},
      {"html", directory.html()}};
  const std::string failures = failures_path(directory, report.run, report.started);
  if (std::filesystem::exists(failures)) files.emplace_back("failures", failures);
  return files;
}

Result<RunDirectory> make_run_directory(const StateDirectory& state, const std::string& run, Host& host) {
  Files& files = host.files();
  RECOVER_TRY(files.make_directory(state.path, "", 0711));
  RECOVER_TRY(files.make_directory(state.instances(), "", 0711));
  RECOVER_TRY(files.make_directory(state.runs(), "", 0700));
  RECOVER_TRY(files.make_directory(state.locks(), "", 0700));
  RunDirectory directory{state.run(run)};
  RECOVER_TRY(files.make_directory(directory.path, "", 0700));
  return directory;
}

Result<void> save_plan(const RunDirectory& directory, const RunPlan& plan) {
  return replace(directory.plan(), report::plan_json(plan));
}

Result<RunPlan> load_plan(const RunDirectory& directory) {
  std::string text;
  const int failed = sys::read_whole_file(directory.plan(), largest_record, text);
  if (failed != 0) return make_system_error(errors::plan_invalid, "cannot read " + directory.plan(), failed);
  return report::plan_from_json(text);
}

ItemReport new_item(const Plan& plan) {
  ItemReport item;
  item.id = plan.id;
  item.engine = plan.engine;
  item.name = plan.finding.name;
  item.source_version = plan.finding.version.text;
  item.target_version = text_fact(plan.facts, "target_version");
  item.strategy = plan.strategy;
  item.state = ItemState::planned;
  item.warnings = plan.warnings;
  item.ignored_settings = plan.ignored_settings;
  item.target_directory = plan.target.directory;
  return item;
}

Result<void> save_item(const RunDirectory& directory, std::size_t number, const ItemReport& item) {
  return replace(directory.item(number), json::dump(json::to_json(item)));
}

std::optional<ItemReport> load_item(const RunDirectory& directory, std::size_t number) {
  std::string text;
  if (sys::read_whole_file(directory.item(number), largest_record, text) != 0) return std::nullopt;
  const auto parsed = json::parse(text);
  if (!parsed) return std::nullopt;
  auto item = json::item_from_json(*parsed);
  if (!item) return std::nullopt;
  return std::move(item).value();
}

Result<void> save_status(const RunDirectory& directory, const std::string& run, const std::string& source,
                         const std::string& status, const std::string& doing, std::int64_t started) {
  Json document{{"schema", "recover.status/1"}, {"run_id", run}, {"pid", ::getpid()}, {"status", status}};
  json::put_text(document, "doing", doing);
  json::put_text(document, "source", source);
  document["started"] = started;
  return replace(directory.status(), json::dump(document) + "\n");
}

Result<void> save_report(const RunDirectory& directory, const Report& report) {
  RECOVER_TRY(replace(directory.html(), report::report_html(report)));
  return replace(directory.report(), report::report_json(report));
}

Result<void> save_verification(const RunDirectory& directory, const Report& report) {
  return replace(directory.verification(), report::report_json(report));
}

StoredStatus load_status(const RunDirectory& directory) {
  std::string text;
  if (sys::read_whole_file(directory.status(), largest_record, text) != 0) return {};
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return {};
  StoredStatus stored{json::get_text(*parsed, "status"), json::get_text(*parsed, "source"), 0};
  if (parsed->contains("started")) stored.started = (*parsed)["started"].get<std::int64_t>();
  return stored;
}

}  // namespace recover::run
