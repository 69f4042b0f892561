// The one error object of all documents: code, exit_code, retryable, title, where, cause, state, help.
#include "core/report/documents.hpp"
#include "core/report/report.hpp"

namespace recover::report {

using json::Json;

Json error_document(const Error& error) {
  Json object{{"code", error.id},
              {"exit_code", static_cast<int>(error.exit)},
              {"retryable", error.retryable},
              {"title", error.title}};
  json::put_text(object, "what", error.what);
  object["where"] = error.facts.empty() ? Json::object() : json::to_json(error.facts);
  json::put_text(object, "cause", error.cause);
  object["state"] = error.state;
  object["help"] = error.fix.empty() ? Json::array() : Json::array({error.fix});
  object["trail"] = error.trail;
  object["docs"] = error.id;
  return object;
}

std::string error_json(const Error& error) {
  return json::dump({{"schema", "recover.error/1"}, {"error", error_document(error)}}, 2) + "\n";
}

}  // namespace recover::report
