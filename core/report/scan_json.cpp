// recover.scan/1 (docs/schema/recover.scan.schema.json): what a scan found, for programs. Fields are only
// ever added; sizes are bytes; paths that are not UTF-8 also appear as path_b64.
#include "core/model/json.hpp"
#include "core/report/documents.hpp"
#include "core/report/report.hpp"
#include "core/report/series.hpp"
#include "core/text/format.hpp"

#include <ctime>

namespace recover::report {

using json::Json;

namespace {

Json health_json(const Health& health) {
  return {{"state", to_text(health.state)}, {"summary", health.summary}, {"notes", health.notes}};
}

Json database_json(const Finding& finding) {
  Json entry{{"id", finding.id},
             {"engine", finding.engine},
             {"kind", finding.kind},
             {"product", finding.product},
             {"role", to_text(finding.role)}};
  json::put_text(entry, "name", finding.name);
  entry["version"] = finding.version.text;
  json::put_text(entry, "version_read_from", finding.version.read_from);
  json::put_text(entry, "path", finding.path);
  entry["size_bytes"] = finding.size.logical.count;
  entry["allocated_bytes"] = finding.size.allocated.count;
  entry["files"] = finding.size.files;
  entry["confidence"] = to_text(finding.confidence);
  entry["health"] = health_json(finding.health);
  entry["identity"] = finding.identity;
  if (finding.content_time > 0) entry["content_time"] = text::timestamp(finding.content_time);
  entry["databases"] = finding.databases;
  entry["evidence"] = finding.evidence;
  entry["advice"] = finding.advice;
  entry["related"] = Json::array();
  for (const Relation& relation : finding.related) {
    entry["related"].push_back({{"id", relation.id}, {"how", relation.how}});
  }
  entry["facts"] = json::to_json(finding.facts);
  return entry;
}

}  // namespace

std::string scan_json(const scan::Outcome& outcome) {
  Json document{{"schema", "recover.scan/1"}, {"tool", {{"version", RECOVER_VERSION}}}};
  Json source{{"kind", "path"}};
  json::put_text(source, "path", outcome.survey.root);
  source["entries"] = outcome.entries;
  source["bytes"] = outcome.bytes.count;
  document["source"] = source;
  document["duration_seconds"] = outcome.seconds;
  document["stopped_early"] = outcome.stopped_early;
  document["databases"] = Json::array();
  for (const Finding& finding : outcome.survey.findings)
    document["databases"].push_back(database_json(finding));
  document["series"] = series_json(outcome.survey.findings, std::time(nullptr));
  document["unreadable_count"] = outcome.unreadable_count;
  document["unreadable"] = Json::array();
  for (const auto& one : outcome.unreadable) {
    Json entry = Json::object();
    json::put_text(entry, "path", one.path);
    entry["reason"] = one.reason;
    document["unreadable"].push_back(entry);
  }
  document["warnings"] = outcome.warnings;
  document["errors"] = Json::array();
  for (const Error& error : outcome.errors) document["errors"].push_back(error_document(error));
  return json::dump(document, 2) + "\n";
}

}  // namespace recover::report
