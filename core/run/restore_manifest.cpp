// Written whole after every database, so that whoever finds a dead run sees what is safe. It decides nothing:
// resume goes by the journal. A manifest that names a run of this machine but tells of another plan or
// another source is refused, because somebody would believe that it is continued.
#include "core/run/restore_manifest.hpp"

#include "core/model/json.hpp"
#include "core/report/documents.hpp"
#include "core/sys/target_files.hpp"
#include "core/text/format.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

namespace recover::run {

namespace {

namespace fs = std::filesystem;
using json::Json;

constexpr auto manifest_schema = "recover.manifest/1";
constexpr auto failures_schema = "recover.failures/1";

std::string file_date(std::int64_t time) {
  std::string date = text::timestamp(time).substr(0, 10);
  std::erase(date, '-');
  return date;
}

/// The file of this beginning that the run has already, or the one that it gets today.
std::string dated(const RunDirectory& directory, const std::string& beginning, const std::string& run,
                  std::int64_t started) {
  const std::string end = "-" + run + ".json";
  std::error_code failed;
  for (auto it = fs::directory_iterator(directory.path, failed); !failed && it != fs::directory_iterator();
       it.increment(failed)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(beginning) && name.ends_with(end)) return it->path().string();
  }
  return directory.path + "/" + beginning + file_date(started) + end;
}

bool has_failed(const ItemReport& item) {
  return item.result == ItemResult::failed || item.result == ItemResult::rolled_back;
}

Json optional_text(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

std::vector<std::string> hashes_of(const RunPlan& plan) {
  std::vector<std::string> hashes;
  for (const Plan& one : plan.plans) hashes.push_back(json::plan_hash(one));
  return hashes;
}

std::string joined(const std::vector<std::string>& hashes) {
  std::string all;
  for (const std::string& hash : hashes) all += hash;
  return all;
}

Json item_line(const ItemReport& item, const RunPlan& plan, const std::vector<std::string>& hashes) {
  Json line;
  json::put_text(line, "id", item.id);
  json::put_text(line, "name", item.name);
  line["engine"] = item.engine;
  line["state"] = to_text(item.state);
  line["result"] = to_text(item.result);
  line["bytes"] = item.bytes.count;
  line["rows"] = item.rows ? Json(*item.rows) : Json(nullptr);
  line["seconds"] = item.seconds;
  line["error"] = optional_text(item.error ? item.error->id : "");
  line["plan_sha256"] = nullptr;
  for (std::size_t number = 0; number < plan.plans.size(); ++number) {
    if (plan.plans[number].id != item.id) continue;
    line["plan_sha256"] = hashes[number];
    json::put_text(line, "target", plan.plans[number].target.directory);
  }
  return line;
}

std::string continue_from(const RunPlan& plan, const std::vector<ItemReport>& items) {
  for (const Plan& one : plan.plans) {
    const bool is_done = std::any_of(items.begin(), items.end(), [&](const ItemReport& item) {
      return item.id == one.id && item.state == ItemState::committed;
    });
    if (!is_done) return one.id;
  }
  return {};
}

Json manifest_of(const RunPlan& plan, const std::vector<std::string>& hashes,
                 const std::vector<ItemReport>& items) {
  Json document{{"schema", manifest_schema}, {"run_id", plan.run}};
  document["plan_sha256"] = joined(hashes);
  document["source_fingerprint"] = plan.source_fingerprint;
  document["total"] = plan.plans.size();
  Json failed = Json::array();
  Json skipped = Json::array();
  Json lines = Json::array();
  std::size_t succeeded = 0;
  for (const ItemReport& item : items) {
    succeeded += item.state == ItemState::committed ? 1 : 0;
    if (has_failed(item)) failed.push_back(item.id);
    if (item.result == ItemResult::skipped && item.state == ItemState::skipped) skipped.push_back(item.id);
    lines.push_back(item_line(item, plan, hashes));
  }
  document["succeeded"] = succeeded;
  document["failed"] = failed;
  document["skipped"] = skipped;
  document["continue_from"] = optional_text(continue_from(plan, items));
  document["items"] = lines;
  return document;
}

/// Every failure with its cause and cure, and how often each kind of it happened.
Json failures_of(const RunPlan& plan, const std::vector<ItemReport>& items) {
  Json failures = Json::array();
  std::map<std::string, Json> groups;
  for (const ItemReport& item : items) {
    if (!has_failed(item) || !item.error) continue;
    Json line;
    json::put_text(line, "id", item.id);
    json::put_text(line, "name", item.name);
    line["engine"] = item.engine;
    line["state"] = to_text(item.state);
    line["seconds"] = item.seconds;
    line["error"] = report::error_document(*item.error);
    failures.push_back(line);
    Json& group = groups[item.error->id];
    if (group.is_null())
      group = {
          {"code", item.error->id}, {"title", item.error->title}, {"count", 0}, {"databases", Json::array()}};
    group["count"] = group["count"].get<int>() + 1;
    group["databases"].push_back(item.id);
  }
  Json counted = Json::array();
  for (auto& [id, group] : groups) counted.push_back(std::move(group));
  return {{"schema", failures_schema},
          {"run_id", plan.run},
          {"total", plan.plans.size()},
          {"failed", failures.size()},
          {"groups", counted},
          {"failures", failures},
          {"resume", "recover resume " + plan.run}};
}

Result<void> replace(const std::string& path, const Json& document) {
  return sys::write_atomically(path, json::dump(document, 2) + "\n", RECOVER_TRY(sys::owner_account("")),
                               0600);
}

}  // namespace

std::string manifest_path(const RunDirectory& directory, const std::string& run, std::int64_t started) {
  return dated(directory, "restore-manifest-", run, started);
}

std::string failures_path(const RunDirectory& directory, const std::string& run, std::int64_t started) {
  return dated(directory, "cluster-restore-failures-", run, started);
}

RestoreManifest::RestoreManifest(const RunDirectory& directory, const RunPlan& plan, std::int64_t started)
    : directory_(directory), plan_(plan), started_(started), hashes_(hashes_of(plan)) {}

Result<void> RestoreManifest::save(const std::vector<ItemReport>& items) const {
  RECOVER_TRY(replace(manifest_path(directory_, plan_.run, started_), manifest_of(plan_, hashes_, items)));
  const std::string path = failures_path(directory_, plan_.run, started_);
  if (std::any_of(items.begin(), items.end(), has_failed)) return replace(path, failures_of(plan_, items));
  std::error_code was_none;
  fs::remove(path, was_none);  // what failed before was recovered by now
  return {};
}

Result<std::string> run_of_manifest(const std::string& text, const StateDirectory& state) {
  const auto invalid = [](const std::string& cause) {
    return make_error(errors::run_manifest_invalid, "cannot use the manifest", cause);
  };
  const auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return invalid("it is not JSON");
  const Json& manifest = *parsed;
  if (json::get_text(manifest, "schema") != manifest_schema) return invalid("it is no restore manifest");
  const std::string run = json::get_text(manifest, "run_id");
  if (run.empty()) return invalid("it names no run");
  const std::string known = RECOVER_TRY(find_run(run, state));
  const RunPlan plan = RECOVER_TRY(load_plan(RunDirectory{state.run(known)}));
  if (json::get_text(manifest, "plan_sha256") != joined(hashes_of(plan)))
    return invalid("run " + run + " has another plan than it tells of");
  if (json::get_text(manifest, "source_fingerprint") != plan.source_fingerprint)
    return invalid("run " + run + " had another source than it tells of");
  return run;
}

}  // namespace recover::run
