// A plan as JSON and its hash. The hash is what a person approves and what the journal refers to: SHA-256
// over the canonical form, which is the document with sorted keys and without white space, so that
// neither formatting nor the order of members changes it.
#include "core/model/json_fields.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace recover::json {

namespace {

Result<Target> target_from_json(const Json& object) {
  Fields fields(object);
  Target target;
  target.kind = fields.word<TargetKind>("kind");
  target.name = fields.text("name");
  target.server = fields.text("server");
  target.directory = fields.text("directory");
  target.staging = fields.text("staging");
  target.run_as = fields.text("run_as");
  target.start = fields.flag("start");
  return fields.finish(std::move(target));
}

}  // namespace

Json to_json(const NamedDatabase& database) {
  Json object = Json::object();
  put_text(object, "source", database.source);
  put_text(object, "target", database.target);
  return object;
}

Result<NamedDatabase> named_database_from_json(const Json& object) {
  Fields fields(object);
  NamedDatabase database;
  database.source = fields.text("source");
  database.target = fields.text("target");
  return fields.finish(std::move(database));
}

Json to_json(const Target& target) {
  Json object = {{"kind", to_text(target.kind)}};
  put_text(object, "name", target.name);
  put_text(object, "server", target.server);
  put_text(object, "directory", target.directory);
  put_text(object, "staging", target.staging);
  put_text(object, "run_as", target.run_as);
  object["start"] = target.start;
  return object;
}

Json to_json(const Step& step) {
  Json object = {{"id", step.id}, {"phase", step.phase}};
  put_text(object, "title", step.title);
  object["action"] = to_json(step.action);
  object["undo"] = to_json(step.undo);
  object["work_bytes"] = step.work.count;
  return object;
}

Result<Step> step_from_json(const Json& object) {
  Fields fields(object);
  Step step;
  step.id = fields.text("id");
  step.phase = fields.text("phase");
  step.title = fields.text("title");
  step.action = fields.object("action", action_from_json);
  step.undo = fields.object("undo", undo_from_json);
  step.work = fields.bytes("work_bytes");
  return fields.finish(std::move(step));
}

Json to_json(const Plan& plan) {
  Json object = {{"id", plan.id}, {"run", plan.run}, {"engine", plan.engine}};
  object["strategy"] = to_text(plan.strategy);
  object["finding"] = to_json(plan.finding);
  object["target"] = to_json(plan.target);
  object["databases"] = list_to_json(plan.databases);
  object["steps"] = list_to_json(plan.steps);
  put_texts(object, "warnings", plan.warnings);
  object["ignored_settings"] = list_to_json(plan.ignored_settings);
  object["space_needed_bytes"] = plan.space_needed.count;
  put_text(object, "replaces", plan.replaces);
  put_text(object, "keeps_old_as", plan.keeps_old_as);
  object["facts"] = to_json(plan.facts);
  return object;
}

Result<Plan> plan_from_json(const Json& object) {
  Fields fields(object);
  Plan plan;
  plan.id = fields.text("id");
  plan.run = fields.text("run");
  plan.engine = fields.text("engine");
  plan.strategy = fields.word<Strategy>("strategy");
  plan.finding = fields.object("finding", finding_from_json);
  plan.target = fields.object("target", target_from_json);
  plan.databases = fields.list("databases", named_database_from_json);
  plan.steps = fields.list("steps", step_from_json);
  plan.warnings = fields.texts("warnings");
  plan.ignored_settings = fields.list("ignored_settings", fact_from_json);
  plan.space_needed = fields.bytes("space_needed_bytes");
  plan.replaces = fields.text("replaces");
  plan.keeps_old_as = fields.text("keeps_old_as");
  plan.facts = fields.object("facts", facts_from_json);
  return fields.finish(std::move(plan));
}

std::string plan_hash(const Plan& plan) {
  const nlohmann::json sorted = nlohmann::json::parse(dump(to_json(plan)));
  const std::string canonical = sorted.dump();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(canonical.data()), canonical.size(), digest.data());
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace recover::json
