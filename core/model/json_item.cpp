// The outcome for one finding as JSON, as the run directory keeps it. The report for people and
// programs (recover.report/1) is made from the same values in core/report.
#include "core/model/json_fields.hpp"

namespace recover::json {

namespace {

Result<std::int64_t> number_from_json(const Json& value) {
  const Json wrapped = {{"", value}};
  Fields fields(wrapped);
  const std::int64_t number = fields.number("");
  return fields.finish(number);
}

Result<Phase> phase_from_json(const Json& value) {
  Fields fields(value);
  Phase phase;
  phase.name = fields.text("name");
  phase.seconds = fields.real("seconds");
  phase.bytes = fields.bytes("bytes");
  return fields.finish(std::move(phase));
}

}  // namespace

Json to_json(const ItemReport& item) {
  Json object = {{"id", item.id}, {"engine", item.engine}};
  put_text(object, "name", item.name);
  put_text(object, "source_version", item.source_version);
  put_text(object, "target_version", item.target_version);
  object["strategy"] = to_text(item.strategy);
  object["state"] = to_text(item.state);
  object["result"] = to_text(item.result);
  object["bytes"] = item.bytes.count;
  object["rows"] = item.rows ? Json(*item.rows) : Json(nullptr);
  object["seconds"] = item.seconds;
  object["phases"] = Json::array();
  for (const Phase& phase : item.phases) {
    object["phases"].push_back(
        {{"name", phase.name}, {"seconds", phase.seconds}, {"bytes", phase.bytes.count}});
  }
  put_text(object, "verify_level", item.verify_level);
  object["checks"] = list_to_json(item.checks);
  put_texts(object, "warnings", item.warnings);
  object["ignored_settings"] = list_to_json(item.ignored_settings);
  put_text(object, "target_directory", item.target_directory);
  object["databases"] = list_to_json(item.databases);
  put_text(object, "kept_old", item.kept_old);
  object["kept_until"] = item.kept_until;
  put_text(object, "connect_line", item.connect_line);
  object["error"] = item.error ? to_json(*item.error) : Json(nullptr);
  return object;
}

Result<ItemReport> item_from_json(const Json& object) {
  Fields fields(object);
  ItemReport item;
  item.id = fields.text("id");
  item.engine = fields.text("engine");
  item.name = fields.text("name");
  item.source_version = fields.text("source_version");
  item.target_version = fields.text("target_version");
  item.strategy = fields.word<Strategy>("strategy");
  item.state = fields.word<ItemState>("state");
  item.result = fields.word<ItemResult>("result");
  item.bytes = fields.bytes("bytes");
  item.rows = fields.maybe("rows", number_from_json);
  item.seconds = fields.real("seconds");
  item.phases = fields.list("phases", phase_from_json);
  item.verify_level = fields.text("verify_level");
  item.checks = fields.list("checks", check_from_json);
  item.warnings = fields.texts("warnings");
  item.ignored_settings = fields.list("ignored_settings", fact_from_json);
  item.target_directory = fields.text("target_directory");
  item.databases = fields.list("databases", named_database_from_json);
  item.kept_old = fields.text("kept_old");
  item.kept_until = fields.number("kept_until");
  item.connect_line = fields.text("connect_line");
  item.error = fields.maybe_error("error");
  return fields.finish(std::move(item));
}

}  // namespace recover::json
