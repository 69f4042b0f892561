// A finding as JSON: what a scan hands to a plan, and what a plan keeps of it.
#include "core/model/json_fields.hpp"

namespace recover::json {

namespace {

Json to_json(const Health& health) {
  Json object = {{"state", to_text(health.state)}};
  put_text(object, "summary", health.summary);
  put_texts(object, "notes", health.notes);
  return object;
}

Result<Health> health_from_json(const Json& object) {
  Fields fields(object);
  Health health;
  health.state = fields.word<HealthState>("state");
  health.summary = fields.text("summary");
  health.notes = fields.texts("notes");
  return fields.finish(std::move(health));
}

Result<Relation> relation_from_json(const Json& object) {
  Fields fields(object);
  Relation relation{fields.text("id"), fields.text("how")};
  return fields.finish(std::move(relation));
}

}  // namespace

Json to_json(const Relation& relation) {
  Json object = {{"id", relation.id}};
  put_text(object, "how", relation.how);
  return object;
}

Json to_json(const Finding& finding) {
  Json object = {{"id", finding.id}, {"engine", finding.engine}, {"kind", finding.kind}};
  put_text(object, "name", finding.name);
  object["product"] = finding.product;
  put_text(object, "version", finding.version.text);
  put_text(object, "version_read_from", finding.version.read_from);
  put_text(object, "path", finding.path);
  object["size_bytes"] = finding.size.logical.count;
  object["allocated_bytes"] = finding.size.allocated.count;
  object["files"] = finding.size.files;
  object["confidence"] = to_text(finding.confidence);
  object["role"] = to_text(finding.role);
  object["health"] = to_json(finding.health);
  put_text(object, "identity", finding.identity);
  object["content_time"] = finding.content_time;
  put_texts(object, "databases", finding.databases);
  put_texts(object, "evidence", finding.evidence);
  put_text(object, "advice", finding.advice);
  object["facts"] = to_json(finding.facts);
  object["related"] = list_to_json(finding.related);
  return object;
}

Result<Finding> finding_from_json(const Json& object) {
  Fields fields(object);
  Finding finding;
  finding.id = fields.text("id");
  finding.engine = fields.text("engine");
  finding.kind = fields.text("kind");
  finding.name = fields.text("name");
  finding.product = fields.text("product");
  finding.version = {fields.text("version"), fields.text("version_read_from")};
  finding.path = fields.text("path");
  finding.size = {fields.bytes("size_bytes"), fields.bytes("allocated_bytes"), fields.count("files")};
  finding.confidence = fields.word<Confidence>("confidence");
  finding.role = fields.word<Role>("role");
  finding.health = fields.object("health", health_from_json);
  finding.identity = fields.text("identity");
  finding.content_time = fields.number("content_time");
  finding.databases = fields.texts("databases");
  finding.evidence = fields.texts("evidence");
  finding.advice = fields.text("advice");
  finding.facts = fields.object("facts", facts_from_json);
  finding.related = fields.list("related", relation_from_json);
  return fields.finish(std::move(finding));
}

}  // namespace recover::json
