// recover.verify/1 (docs/schema/recover.verify.schema.json): what `recover verify SOURCE` found, for
// programs.
#include "core/model/json.hpp"
#include "core/report/checks.hpp"
#include "core/report/documents.hpp"
#include "core/report/examination.hpp"

namespace recover::report {

using json::Json;

namespace {

Json checks_json(const std::vector<Check>& checks) {
  Json list = Json::array();
  for (const Check& check : checks) list.push_back(check_json(check));
  return list;
}

Json item_json(const run::Examined& item) {
  Json entry{{"id", item.finding.id}, {"engine", item.finding.engine}, {"kind", item.finding.kind}};
  json::put_text(entry, "path", item.finding.path);
  entry["version"] = item.finding.version.text;
  entry["bytes"] = item.finding.size.logical.count;
  entry["verdict"] = to_text(item.verdict());
  entry["seconds"] = item.seconds;
  entry["databases"] = Json::array();
  for (const InnerDatabase& database : item.databases) {
    Json one = Json::object();
    json::put_text(one, "name", database.name);
    one["bytes"] = database.size.count;
    entry["databases"].push_back(one);
  }
  entry["checks"] = checks_json(item.checks);
  return entry;
}

Json test_json(const run::RestoreTest& test) {
  Json items = Json::array();
  for (const run::RestoredItem& item : test.items) {
    Json entry{{"id", item.id}, {"databases", item.databases}};
    entry["rows"] = item.report.rows ? Json(*item.report.rows) : Json(nullptr);
    entry["seconds"] = item.report.seconds;
    entry["checks"] = checks_json(item.report.checks);
    entry["warnings"] = item.report.warnings;
    entry["error"] = item.report.error ? error_document(*item.report.error) : Json(nullptr);
    items.push_back(entry);
  }
  return {{"passed", test.is_passed()},          {"seed", test.seed},       {"databases", test.databases},
          {"databases_restored", test.restored}, {"seconds", test.seconds}, {"items", items}};
}

}  // namespace

std::string examination_json(const run::ExaminationReport& report) {
  Json document{{"schema", "recover.verify/1"},
                {"tool", {{"version", RECOVER_VERSION}}},
                {"exit_code", static_cast<int>(report.exit)}};
  json::put_text(document, "source", report.source);
  document["seconds"] = report.seconds;
  document["findings"] = Json::array();
  for (const run::Examined& item : report.items) document["findings"].push_back(item_json(item));
  document["restore_test"] = report.test ? test_json(*report.test) : Json(nullptr);
  document["errors"] = Json::array();
  for (const Error& error : report.errors) document["errors"].push_back(error_document(error));
  document["warnings"] = report.warnings;
  return json::dump(document, 2) + "\n";
}

}  // namespace recover::report
