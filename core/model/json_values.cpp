// Facts, errors and checks as JSON: the values that every other document is made of. Facts are an
// object whose members keep their order; settings, whose names may repeat, are lists of name and
// value.
#include "core/model/json_fields.hpp"
#include "recover/errors.hpp"

#include <cmath>

namespace recover::json {

namespace {

void put_value(Json& object, const std::string& key, const Value& value) {
  struct Visitor {
    Json& object;
    const std::string& key;
    void operator()(bool flag) const { object[key] = flag; }
    void operator()(std::int64_t number) const { object[key] = number; }
    void operator()(double number) const { object[key] = number; }  // NaN becomes null
    void operator()(const std::string& text) const { put_text(object, key, text); }
    void operator()(const std::vector<std::string>& list) const { put_texts(object, key, list); }
  };
  std::visit(Visitor{object, key}, value);
}

Value value_of(Fields& fields, const Json& value, const std::string& key) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_number()) return fields.number(key);
  if (value.is_string()) return fields.text(key);
  if (value.is_array()) return fields.texts(key);
  if (value.is_null()) return std::nan("");
  fields.fail(key, "is of a type that a fact cannot have");
  return false;
}

/// True for "x_b64" when there is an "x": it belongs to that one.
bool is_exact_form(const Json& object, const std::string& key) {
  return key.ends_with("_b64") && object.contains(key.substr(0, key.size() - 4));
}

}  // namespace

Json to_json(const Facts& facts) {
  Json object = Json::object();
  for (const auto& fact : facts) put_value(object, fact.name, fact.value);
  return object;
}

Result<Facts> facts_from_json(const Json& object) {
  Fields fields(object);
  Facts facts;
  if (object.is_object()) {
    for (const auto& [key, value] : object.items()) {
      if (!is_exact_form(object, key)) facts.push_back({key, value_of(fields, value, key)});
    }
  }
  return fields.finish(std::move(facts));
}

Json to_json(const Fact& fact) {
  Json object = Json::object();
  put_text(object, "name", fact.name);
  put_value(object, "value", fact.value);
  return object;
}

Result<Fact> fact_from_json(const Json& object) {
  Fields fields(object);
  Fact fact;
  fact.name = fields.text("name");
  if (object.is_object() && object.contains("value")) {
    fact.value = value_of(fields, object.at("value"), "value");
  } else {
    fields.fail("value", "is missing");
  }
  return fields.finish(std::move(fact));
}

Json to_json(const Error& error) {
  Json object = {{"id", error.id},
                 {"exit", static_cast<int>(error.exit)},
                 {"retryable", error.retryable},
                 {"title", error.title}};
  put_text(object, "what", error.what);
  put_text(object, "cause", error.cause);
  put_text(object, "fix", error.fix);
  put_text(object, "state", error.state);
  put_texts(object, "trail", error.trail);
  object["facts"] = to_json(error.facts);
  return object;
}

Result<void> error_from_json(const Json& object, Error& error) {
  Fields fields(object);
  error.id = fields.text("id");
  const std::int64_t exit = fields.number("exit");
  error.exit = static_cast<ExitCode>(exit);
  if (exit < 0 || exit > 255 || exit_code_name(error.exit) == "unknown")
    fields.fail("exit", "is no exit code");
  error.retryable = fields.flag("retryable");
  error.title = fields.text("title");
  error.what = fields.text("what");
  error.cause = fields.text("cause");
  error.fix = fields.text("fix");
  error.state = fields.text("state");
  error.trail = fields.texts("trail");
  error.facts = fields.object("facts", facts_from_json);
  return fields.finish();
}

Json to_json(const Check& check) {
  Json object = {{"id", check.id}};
  put_text(object, "title", check.title);
  object["verdict"] = to_text(check.verdict);
  put_text(object, "evidence", check.evidence);
  object["facts"] = to_json(check.facts);
  object["error"] = check.error ? to_json(*check.error) : Json(nullptr);
  return object;
}

Result<Check> check_from_json(const Json& object) {
  Fields fields(object);
  Check check;
  check.id = fields.text("id");
  check.title = fields.text("title");
  check.verdict = fields.word<Verdict>("verdict");
  check.evidence = fields.text("evidence");
  check.facts = fields.object("facts", facts_from_json);
  check.error = fields.maybe_error("error");
  return fields.finish(std::move(check));
}

}  // namespace recover::json
