// Reads recover.report/1 back, for `recover report RUN` and for programs that keep reports. It accepts
// documents with more fields than it knows and none of the optional ones; what does not look like a
// report at all is run.not_found's neighbour plan.invalid, never a crash.
#include "core/model/json.hpp"
#include "core/report/documents.hpp"
#include "core/report/report.hpp"
#include "recover/errors.hpp"

#include <array>
#include <ctime>

namespace recover::report {

using json::Json;

namespace {

template <typename Number>
Number number_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<Number>() : Number{};
}

bool flag_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? json::get_text(object, key) : "";
}

/// A member that is an object, or an empty one.
const Json& object_at(const Json& object, const char* key) {
  static const Json empty = Json::object();
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : empty;
}

const Json& array_at(const Json& object, const char* key) {
  static const Json empty = Json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : empty;
}

std::vector<std::string> texts_at(const Json& object, const char* key) {
  std::vector<std::string> texts;
  for (const Json& one : array_at(object, key)) {
    if (one.is_string()) texts.push_back(one.get<std::string>());
  }
  return texts;
}

std::int64_t time_at(const Json& object, const char* key) {
  std::tm time{};
  const std::string text = text_at(object, key);
  if (text.empty() || ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time) == nullptr) return 0;
  return ::timegm(&time);
}

/// The enumerator whose word stands in the document; the first one when none does.
template <typename Enum>
Enum word_at(const Json& object, const char* key, int count) {
  const std::string word = text_at(object, key);
  for (int value = 0; value < count; ++value) {
    if (to_text(static_cast<Enum>(value)) == word) return static_cast<Enum>(value);
  }
  return Enum{};
}

Facts facts_at(const Json& object, const char* key) {
  return json::facts_from_json(object_at(object, key)).value_or(Facts{});
}

std::optional<Error> error_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) return std::nullopt;
  return error_from_document(*found);
}

Check check_from(const Json& object) {
  Check check;
  check.id = text_at(object, "name");
  check.title = text_at(object, "title");
  check.verdict = word_at<Verdict>(object, "verdict", static_cast<int>(Verdict::not_checked) + 1);
  check.evidence = text_at(object, "evidence");
  check.facts = facts_at(object, "facts");
  check.error = error_at(object, "error");
  return check;
}

ItemReport item_from(const Json& object) {
  ItemReport item;
  item.id = text_at(object, "id");
  item.engine = text_at(object, "engine");
  item.name = text_at(object, "name");
  item.source_version = text_at(object, "source_version");
  item.target_version = text_at(object, "target_version");
  item.strategy = word_at<Strategy>(object, "strategy", static_cast<int>(Strategy::pg_upgrade) + 1);
  item.state = word_at<ItemState>(object, "state", static_cast<int>(ItemState::skipped) + 1);
  item.result = word_at<ItemResult>(object, "result", static_cast<int>(ItemResult::verified) + 1);
  item.bytes = Bytes{number_at<std::uint64_t>(object, "bytes")};
  const auto rows = object.find("rows");
  if (rows != object.end() && rows->is_number()) item.rows = rows->get<std::int64_t>();
  item.seconds = number_at<double>(object, "seconds");
  for (const Json& phase : array_at(object, "phases")) {
    item.phases.push_back({text_at(phase, "name"), number_at<double>(phase, "seconds"),
                           Bytes{number_at<std::uint64_t>(phase, "bytes")}});
  }
  const Json& verify = object_at(object, "verify");
  item.verify_level = text_at(verify, "level") == "none" ? "" : text_at(verify, "level");
  for (const Json& check : array_at(verify, "checks")) item.checks.push_back(check_from(check));
  item.warnings = texts_at(object, "warnings");
  item.ignored_settings = facts_at(object, "ignored_settings");
  item.target_directory = text_at(object, "target_directory");
  for (const Json& one : array_at(object, "databases"))
    item.databases.push_back({text_at(one, "source"), text_at(one, "target")});
  item.kept_old = text_at(object_at(object, "kept_old"), "name");
  item.kept_until = time_at(object_at(object, "kept_old"), "until");
  item.connect_line = text_at(object, "connect");
  item.error = error_at(object, "error");
  return item;
}

void read_source(const Json& source, Report& report) {
  report.source = text_at(source, "path");
  report.source_kind = text_at(source, "kind");
  report.source_entries = number_at<std::uint64_t>(source, "entries");
  report.source_bytes = Bytes{number_at<std::uint64_t>(source, "bytes")};
  report.source_unchanged = flag_at(source, "unchanged");
  report.source_digest = text_at(object_at(source, "digest"), "value");
}

}  // namespace

Error error_from_document(const Json& object) {
  Error error;
  error.id = text_at(object, "code");
  error.exit = static_cast<ExitCode>(number_at<int>(object, "exit_code"));
  error.retryable = flag_at(object, "retryable");
  error.title = text_at(object, "title");
  error.what = text_at(object, "what");
  error.cause = text_at(object, "cause");
  error.state = text_at(object, "state");
  error.trail = texts_at(object, "trail");
  error.facts = facts_at(object, "where");
  for (const auto& line : texts_at(object, "help")) error.fix += (error.fix.empty() ? "" : "\n") + line;
  return error;
}

Result<Report> report_from_json(const std::string& text) {
  const Json document = RECOVER_TRY(json::parse(text));
  if (!document.is_object() || text_at(document, "schema") != "recover.report/1") {
    return make_error(errors::plan_invalid, "cannot read the report",
                      "it is not a recover.report/1 document");
  }
  Report report;
  report.run = text_at(document, "run_id");
  report.status = word_at<RunStatus>(document, "status", static_cast<int>(RunStatus::nothing_found) + 1);
  report.exit = static_cast<ExitCode>(number_at<int>(document, "exit_code"));
  report.started = time_at(document, "started_at");
  report.finished = time_at(document, "finished_at");
  report.seconds = number_at<double>(document, "duration_seconds");
  report.arguments = texts_at(document, "argv");
  report.dry_run = flag_at(document, "dry_run");
  report.resumed_from = text_at(document, "resumed_from");
  report.host = text_at(document, "host");
  report.user = text_at(document, "user");
  const Json& resources = object_at(document, "resources");
  report.peak_memory = Bytes{number_at<std::uint64_t>(resources, "peak_rss_bytes")};
  report.processor_seconds = number_at<double>(resources, "cpu_seconds");
  const Json& artifacts = object_at(document, "artifacts");
  for (const auto& [name, ignored] : artifacts.items()) {
    report.artifacts.emplace_back(name, text_at(artifacts, name.c_str()));
  }
  read_source(object_at(document, "source"), report);
  for (const Json& item : array_at(document, "databases")) report.items.push_back(item_from(item));
  for (const Json& error : array_at(document, "errors")) report.errors.push_back(error_from_document(error));
  report.warnings = texts_at(document, "warnings");
  return report;
}

}  // namespace recover::report
