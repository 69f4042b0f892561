/// The model as JSON and back; canonical form and hash of a plan. Bytes that are not UTF-8 appear as an
/// approximation plus KEY_b64. The only places that know JSON are this and core/report.
#pragma once

#include "recover/model.hpp"
#include "recover/result.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace recover::json {

using Json = nlohmann::ordered_json;

/// Puts a path-like text under `key`, with `key`_b64 when it is not UTF-8.
void put_text(Json& object, const std::string& key, const std::string& bytes);
/// Reads what put_text wrote.
std::string get_text(const Json& object, const std::string& key);

Json to_json(const Facts& facts);
Json to_json(const Error& error);
Json to_json(const Finding& finding);
Json to_json(const Check& check);
Json to_json(const Step& step);
Json to_json(const NamedDatabase& database);
Json to_json(const Plan& plan);
Json to_json(const ItemReport& item);

Result<Facts> facts_from_json(const Json& object);
/// Not a Result<Error>: value and failure would have one type.
Result<void> error_from_json(const Json& object, Error& error);
Result<Finding> finding_from_json(const Json& object);
/// Errors: plan.invalid, naming the field.
Result<NamedDatabase> named_database_from_json(const Json& object);
Result<Plan> plan_from_json(const Json& object);
Result<ItemReport> item_from_json(const Json& object);

/// SHA-256 (hex) of the canonical form: what approval and the journal refer to.
std::string plan_hash(const Plan& plan);

/// dump() that never throws on text that is not UTF-8. indent -1 = one line.
std::string dump(const Json& value, int indent = -1);
/// parse() as a Result (plan.invalid), depth capped at 64.
Result<Json> parse(const std::string& text);

}  // namespace recover::json
