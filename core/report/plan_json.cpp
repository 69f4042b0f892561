// recover.plan/1 (docs/schema/recover.plan.schema.json): a plan that can be kept, approved by its hash
// and applied later. The plans themselves have the model's canonical form (core/model/json).
#include "core/model/json.hpp"
#include "core/report/documents.hpp"
#include "core/report/report.hpp"
#include "recover/errors.hpp"

namespace recover::report {

using json::Json;

namespace {

constexpr const char* schema_name = "recover.plan/1";

Json plan_entry(const Plan& plan) {
  Json entry = json::to_json(plan);
  entry["sha256"] = json::plan_hash(plan);
  return entry;
}

Json skipped_entry(const run::Skipped& skipped) {
  return {{"id", skipped.finding.id},
          {"is_failure", skipped.is_failure},
          {"reason", error_document(skipped.reason)},
          {"finding", json::to_json(skipped.finding)}};
}

Result<std::vector<Plan>> plans_from(const Json& document) {
  std::vector<Plan> plans;
  for (const Json& entry : document.at("databases")) {
    Json bare = entry;
    bare.erase("sha256");
    Plan plan = RECOVER_TRY(json::plan_from_json(bare));
    if (entry.contains("sha256") && entry.at("sha256") != json::plan_hash(plan)) {
      return make_error(errors::plan_invalid, "cannot use the plan",
                        "database " + plan.id + " was changed after the plan was written");
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

Result<run::Skipped> skipped_from(const Json& entry) {
  run::Skipped skipped;
  skipped.finding = RECOVER_TRY(json::finding_from_json(entry.at("finding")));
  skipped.reason = error_from_document(entry.at("reason"));
  skipped.is_failure = entry.at("is_failure").get<bool>();
  return skipped;
}

Result<run::RunPlan> read_plan(const Json& document) {
  run::RunPlan plan;
  plan.run = document.at("run_id").get<std::string>();
  plan.source = json::get_text(document, "source");
  plan.source_fingerprint = document.at("source_fingerprint").get<std::string>();
  plan.plans = RECOVER_TRY(plans_from(document));
  for (const Json& entry : document.at("skipped")) plan.skipped.push_back(RECOVER_TRY(skipped_from(entry)));
  plan.warnings = document.at("warnings").get<std::vector<std::string>>();
  return plan;
}

}  // namespace

std::string plan_json(const run::RunPlan& plan) {
  Json document{{"schema", schema_name}, {"run_id", plan.run}, {"tool", {{"version", RECOVER_VERSION}}}};
  json::put_text(document, "source", plan.source);
  document["source_fingerprint"] = plan.source_fingerprint;
  document["databases"] = Json::array();
  for (const Plan& one : plan.plans) document["databases"].push_back(plan_entry(one));
  document["skipped"] = Json::array();
  for (const auto& one : plan.skipped) document["skipped"].push_back(skipped_entry(one));
  document["warnings"] = plan.warnings;
  return json::dump(document, 2) + "\n";
}

Result<run::RunPlan> plan_from_json(const std::string& text) {
  const Json document = RECOVER_TRY(json::parse(text));
  if (!document.is_object() || document.value("schema", "") != schema_name) {
    return make_error(errors::plan_invalid, "cannot use the plan",
                      std::string("it is not a ") + schema_name + " document");
  }
  // The file was written by people's tools in between: a missing or mistyped field is its fault, not a bug.
  try {
    return read_plan(document);
  } catch (const Json::exception& problem) {
    return make_error(errors::plan_invalid, "cannot use the plan", problem.what());
  }
}

}  // namespace recover::report
