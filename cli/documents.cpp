// Lists as JSON documents. Each has a schema name of its own; fields are only ever added.
#include "cli/documents.hpp"

#include "core/model/json.hpp"
#include "core/report/checks.hpp"
#include "core/report/documents.hpp"
#include "core/text/format.hpp"

namespace recover::cli {

using json::Json;

namespace {

std::string finished(Json document) {
  return json::dump(document, 2) + "\n";
}

void put_offer(Json& document, const SaveOffer& offer) {
  json::put_text(document, "server", offer.server);
  document["server_bytes"] = offer.size.count;
  document["facts"] = json::to_json(offer.facts);
}

}  // namespace

std::string runs_json(const std::vector<run::RunSummary>& runs) {
  Json list = Json::array();
  for (const auto& run : runs) {
    Json entry{{"run_id", run.run}, {"status", run.status}, {"started_at", text::timestamp(run.started)}};
    json::put_text(entry, "source", run.source);
    entry["databases"] = Json::array();
    for (const auto& item : run.items) {
      entry["databases"].push_back({{"id", item.id},
                                    {"engine", item.engine},
                                    {"state", to_text(item.state)},
                                    {"result", to_text(item.result)}});
    }
    list.push_back(entry);
  }
  return finished({{"schema", "recover.runs/1"}, {"runs", list}});
}

std::string steps_json(const std::string& run, const std::vector<run::StepStatus>& steps) {
  Json list = Json::array();
  for (const auto& step : steps) {
    list.push_back({{"id", step.item}, {"step", step.step}, {"title", step.title}, {"state", step.state}});
  }
  return finished({{"schema", "recover.steps/1"}, {"run_id", run}, {"steps", list}});
}

std::string instances_json(const std::vector<run::Instance>& instances) {
  Json list = Json::array();
  for (const auto& instance : instances) {
    Json entry{{"name", instance.name},
               {"engine", instance.engine},
               {"version", instance.version},
               {"run_id", instance.run}};
    json::put_text(entry, "data_directory", instance.data_directory);
    entry["running"] = instance.running;
    json::put_text(entry, "connect", instance.connect_line);
    list.push_back(entry);
  }
  return finished({{"schema", "recover.instances/1"}, {"instances", list}});
}

std::string cleanup_json(const std::vector<run::Leftover>& leftovers, bool is_dry) {
  Json list = Json::array();
  for (const auto& leftover : leftovers) {
    Json entry{{"run_id", leftover.run}, {"what", leftover.what}};
    json::put_text(entry, "path", leftover.path);
    entry["bytes"] = leftover.bytes.count;
    if (leftover.until > 0) entry["until"] = text::timestamp(leftover.until);
    list.push_back(entry);
  }
  return finished({{"schema", "recover.cleanup/1"}, {"dry_run", is_dry}, {"removed", list}});
}

std::string plugins_json(const std::vector<scan::Manifest>& manifests,
                         const std::vector<plugin::Status>& states) {
  Json list = Json::array();
  for (const auto& manifest : manifests) {
    Json entry{{"engine", manifest.engine},
               {"product", manifest.product},
               {"aliases", manifest.aliases},
               {"package", manifest.package},
               {"interface_version", manifest.interface_version}};
    json::put_text(entry, "manifest", manifest.path);
    for (const auto& state : states) {
      if (state.engine != manifest.engine) continue;
      json::put_text(entry, "library", state.library_path);
      entry["loaded"] = state.loaded;
      entry["problem"] = state.problem ? report::error_document(*state.problem) : Json(nullptr);
    }
    list.push_back(entry);
  }
  return finished({{"schema", "recover.plugins/1"}, {"plugins", list}});
}

std::string explain_json(const ErrorKind& kind) {
  return finished({{"schema", "recover.explain/1"},
                   {"code", kind.id},
                   {"title", kind.title},
                   {"meaning", kind.meaning},
                   {"fix", kind.fix},
                   {"exit_code", static_cast<int>(kind.exit)},
                   {"exit_name", std::string(exit_code_name(kind.exit))},
                   {"retryable", kind.retryable}});
}

std::string offer_json(const SaveOffer& offer, const std::string& directory) {
  Json document{{"schema", "recover.save/1"}, {"dry_run", true}};
  put_offer(document, offer);
  json::put_text(document, "directory", directory);
  return finished(document);
}

std::string saved_json(const SaveOffer& offer, const run::Saved& saved) {
  Json document{{"schema", "recover.save/1"}, {"dry_run", false}};
  put_offer(document, offer);
  json::put_text(document, "path", saved.path);
  document["bytes"] = saved.bytes.count;
  document["seconds"] = saved.seconds;
  document["checks"] = Json::array();
  for (const Check& check : saved.checks) document["checks"].push_back(report::check_json(check));
  return finished(document);
}

std::string text_json(const std::string& subject, const std::string& text) {
  return finished({{"schema", "recover.text/1"}, {"subject", subject}, {"text", text}});
}

}  // namespace recover::cli
