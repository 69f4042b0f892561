// The layout of what a plan builds. One place, so that plan, start, stop and verification agree about it
// in different processes and months apart: everything follows from the plan alone.
#include "postgresql/placement.hpp"

#include "postgresql/facts.hpp"
#include "postgresql/replay/point.hpp"
#include "recover/errors.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace recover::postgresql {

namespace {

Launch common_launch(const Plan& plan) {
  Launch launch;
  launch.bindir = text_fact(plan.facts, plan_fact::bindir);
  launch.major = Version{text_fact(plan.facts, fact::major), {}}.major();
  launch.run_as = plan.target.run_as;
  launch.capacities = plan.facts;
  return launch;
}

}  // namespace

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

Result<void> remove_tree(const std::string& path) {
  std::error_code problem;
  std::filesystem::remove_all(path, problem);
  if (!problem) return {};
  return make_error(recover::errors::target_write_failed, path, problem.message());
}

std::string staged_data(const Target& target) {
  return target.staging + "/data";
}

std::string final_sockets(const Target& target) {
  return socket_directory(target.kind == TargetKind::private_instance
                              ? parent_of(target.directory) + "/socket"
                              : target.directory);
}

unsigned connections_of(const Plan& plan) {
  const std::int64_t asked = number_fact(plan.facts, plan_fact::connections);
  const auto jobs = static_cast<unsigned>(asked != 0 ? asked : number_fact(plan.facts, plan_fact::jobs));
  return jobs != 0 ? jobs : std::max(2U, std::thread::hardware_concurrency());
}

std::int64_t index_memory_of(const Plan& plan) {
  return number_fact(plan.facts, plan_fact::index_memory, usual_index_memory);
}

Launch staged_launch(const Plan& plan, const std::string& log_file) {
  Launch launch = common_launch(plan);
  launch.data = staged_data(plan.target);
  launch.sockets = socket_directory(plan.target.staging + "/socket");
  launch.log_file = log_file;
  launch.replay = replay_settings(plan.facts);
  launch.verifying = true;
  return launch;
}

Launch final_launch(const Plan& plan) {
  Launch launch = common_launch(plan);
  launch.data = plan.target.directory;
  launch.sockets = final_sockets(plan.target);
  launch.log_file =
      (plan.target.kind == TargetKind::private_instance ? parent_of(launch.data) : launch.data) +
      "/server.log";
  return launch;
}

Result<Endpoint> find_endpoint(const Plan& plan, const Launch& launch, StepContext& context) {
  std::optional<Error> first;
  for (const std::string& name :
       {text_fact(plan.facts, fact::superuser), std::string("postgres"), launch.run_as}) {
    if (name.empty()) continue;
    const Endpoint endpoint = endpoint_of(launch, name);
    auto connection = Connection::open(endpoint, "template1", context.cancel);
    if (connection) return endpoint;
    RECOVER_TRY(context.cancel.check());
    const bool no_such_role = connection.error().cause.find("role \"") != std::string::npos;
    if (!first) first = std::move(connection).error();
    if (!no_such_role) break;
  }
  return *std::move(first);
}

}  // namespace recover::postgresql
