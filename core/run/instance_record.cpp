// The record of a private instance: the complete plan that made it, so that its engine can start and stop
// it without knowing the run. Written only after the run was verified and activated.
#include "core/run/instance_record.hpp"

#include "core/model/json.hpp"
#include "core/run/activation.hpp"
#include "core/sys/target_files.hpp"
#include "core/sys/whole_file.hpp"
#include "recover/errors.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace recover::run {

namespace {

constexpr std::size_t largest_record = std::size_t{64} << 20;

std::string record_of(const StateDirectory& state, const std::string& name) {
  return state.instances() + "/" + name + "/instance.json";
}

std::string earlier_record(const StateDirectory& state, const Plan& plan) {
  return record_of(state, plan.target.name) + ".before-" + plan.run;
}

}  // namespace

Result<void> write_instance(const StateDirectory& state, const Plan& plan) {
  const std::string path = record_of(state, plan.target.name);
  const std::string earlier = earlier_record(state, plan);
  auto present = read_instance(state, plan.target.name);
  if (present && present->run != plan.run && !activation::exists(earlier)) {
    RECOVER_TRY(activation::rename_new(path, earlier));
  }
  json::Json record{{"schema", "recover.instance/1"}};
  json::put_text(record, "name", plan.target.name);
  record["engine"] = plan.engine;
  record["run"] = plan.run;
  record["version"] = plan.finding.version.text;
  json::put_text(record, "data_directory", plan.target.directory);
  json::put_text(record, "connect_line", text_fact(plan.facts, "connect_line"));
  record["plan"] = json::to_json(plan);
  return sys::write_atomically(path, json::dump(record, 2) + "\n", RECOVER_TRY(sys::owner_account("")), 0600);
}

Result<void> undo_instance(const StateDirectory& state, const Plan& plan) {
  const std::string path = record_of(state, plan.target.name);
  const std::string earlier = earlier_record(state, plan);
  if (activation::exists(earlier)) {
    if (::rename(earlier.c_str(), path.c_str()) != 0)
      return sys::target_error("cannot put back " + path, errno);
  } else if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return sys::target_error("cannot remove " + path, errno);
  }
  return sys::sync_directory(sys::parent_of(path));
}

Result<Plan> read_instance(const StateDirectory& state, const std::string& name) {
  const auto unknown = [&](const std::string& cause) {
    return make_error(errors::instance_not_found, "cannot find the instance \"" + name + "\"", cause);
  };
  if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos)
    return unknown("this is no name");
  std::string text;
  const int failed = sys::read_whole_file(record_of(state, name), largest_record, text);
  if (failed != 0) return unknown("there is no " + record_of(state, name));
  const json::Json record = RECOVER_TRY(json::parse(text));
  if (!record.is_object() || !record.contains("plan")) {
    return make_error(errors::plan_invalid, "cannot read " + record_of(state, name), "it has no plan");
  }
  return json::plan_from_json(record["plan"]);
}

}  // namespace recover::run
