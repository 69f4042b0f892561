// recover.report/1 (docs/schema/recover.report.schema.json): the report as other programs read it, and
// as `recover report RUN` reads it back. Times are RFC 3339 in UTC, sizes bytes, durations seconds.
#include "core/model/json.hpp"
#include "core/report/checks.hpp"
#include "core/report/documents.hpp"
#include "core/report/headline.hpp"
#include "core/report/report.hpp"
#include "core/text/format.hpp"

#include <algorithm>

namespace recover::report {

using json::Json;

Json check_json(const Check& check) {
  Json object{{"name", check.id}, {"title", check.title}, {"verdict", to_text(check.verdict)}};
  json::put_text(object, "evidence", check.evidence);
  object["facts"] = json::to_json(check.facts);
  object["error"] = check.error ? error_document(*check.error) : Json(nullptr);
  return object;
}

namespace {

Json verify_json(const ItemReport& item) {
  const bool has_failed = std::any_of(item.checks.begin(), item.checks.end(),
                                      [](const Check& check) { return check.verdict == Verdict::failed; });
  Json checks = Json::array();
  for (const Check& check : item.checks) checks.push_back(check_json(check));
  return {{"level", item.verify_level.empty() ? "none" : item.verify_level},
          {"passed", !item.checks.empty() && !has_failed},
          {"checks", checks}};
}

Json kept_old_json(const ItemReport& item) {
  if (item.kept_old.empty()) return nullptr;
  Json object = Json::object();
  json::put_text(object, "name", item.kept_old);
  if (item.kept_until > 0) object["until"] = text::timestamp(item.kept_until);
  return object;
}

Json phases_json(const ItemReport& item) {
  Json phases = Json::array();
  for (const Phase& phase : item.phases) {
    Json entry{{"name", phase.name}, {"seconds", phase.seconds}};
    if (phase.bytes.count > 0) entry["bytes"] = phase.bytes.count;
    phases.push_back(entry);
  }
  return phases;
}

/// What the source wanted to do to this machine and was not allowed to.
Json security_json(const Report& report) {
  Json list = Json::array();
  for (const ItemReport& item : report.items) {
    for (const Fact& setting : item.ignored_settings) {
      Json entry{{"code", "security.setting_ignored"}, {"id", item.id}};
      json::put_text(entry, "what", setting.name + ": " + to_text(setting.value));
      list.push_back(entry);
    }
  }
  return list;
}

Json artifacts_json(const Report& report) {
  Json object = Json::object();
  for (const auto& [name, path] : report.artifacts) json::put_text(object, name, path);
  return object;
}

Json names_json(const ItemReport& item) {
  Json list = Json::array();
  for (const NamedDatabase& one : item.databases) list.push_back(json::to_json(one));
  return list;
}

Json database_json(const ItemReport& item) {
  Json entry{{"id", item.id}, {"engine", item.engine}};
  json::put_text(entry, "name", item.name);
  entry["source_version"] = item.source_version;
  entry["target_version"] = item.target_version;
  entry["strategy"] = to_text(item.strategy);
  entry["state"] = to_text(item.state);
  entry["result"] = to_text(item.result);
  entry["bytes"] = item.bytes.count;
  entry["rows"] = item.rows ? Json(*item.rows) : Json(nullptr);
  entry["seconds"] = item.seconds;
  entry["phases"] = phases_json(item);
  entry["verify"] = verify_json(item);
  json::put_text(entry, "target_directory", item.target_directory);
  entry["databases"] = names_json(item);
  entry["kept_old"] = kept_old_json(item);
  json::put_text(entry, "connect", item.connect_line);
  entry["warnings"] = item.warnings;
  entry["ignored_settings"] = json::to_json(item.ignored_settings);
  entry["error"] = item.error ? error_document(*item.error) : Json(nullptr);
  return entry;
}

Json source_json(const Report& report) {
  Json source{{"kind", report.source_kind}};
  json::put_text(source, "path", report.source);
  source["entries"] = report.source_entries;
  source["bytes"] = report.source_bytes.count;
  source["unchanged"] = report.source_unchanged;
  if (!report.source_digest.empty()) {
    source["digest"] = {{"alg", "xxh3-128"}, {"value", report.source_digest}, {"scope", "used files"}};
  }
  return source;
}

Json totals_json(const Report& report) {
  const Totals totals = totals_of(report);
  return {{"databases", totals.databases},
          {"succeeded", totals.succeeded},
          {"failed", totals.failed},
          {"skipped", totals.skipped},
          {"bytes_total", totals.planned.count},
          {"bytes_restored", totals.restored.count},
          {"success_percent", totals.success_percent()}};
}

Json next_json(const Report& report) {
  return {{"rollback", "recover rollback " + report.run}, {"resume", "recover resume " + report.run}};
}

}  // namespace

std::string report_json(const Report& report) {
  Json document{{"schema", "recover.report/1"},
                {"run_id", report.run},
                {"tool", {{"version", RECOVER_VERSION}}},
                {"status", to_text(report.status)},
                {"headline", headline(report)},
                {"exit_code", static_cast<int>(report.exit)},
                {"started_at", text::timestamp(report.started)},
                {"finished_at", text::timestamp(report.finished)},
                {"duration_seconds", report.seconds},
                {"dry_run", report.dry_run}};
  json::put_text(document, "host", report.host);
  json::put_text(document, "user", report.user);
  document["argv"] = report.arguments;
  document["resumed_from"] = report.resumed_from.empty() ? Json(nullptr) : Json(report.resumed_from);
  document["source"] = source_json(report);
  document["totals"] = totals_json(report);
  document["databases"] = Json::array();
  for (const ItemReport& item : report.items) document["databases"].push_back(database_json(item));
  document["errors"] = Json::array();
  for (const Error& error : report.errors) document["errors"].push_back(error_document(error));
  document["warnings"] = report.warnings;
  document["security"] = security_json(report);
  document["resources"] = {{"peak_rss_bytes", report.peak_memory.count},
                           {"cpu_seconds", report.processor_seconds}};
  document["artifacts"] = artifacts_json(report);
  document["next"] = next_json(report);
  return json::dump(document, 2) + "\n";
}

}  // namespace recover::report
