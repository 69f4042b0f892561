// Verification by a server of our own: start the copy in isolation, let it recover, look at everything,
// stop it cleanly. The server is a child of this process and dies with it. After the swap the same checks
// run on the final directory: on the running server if there is one, else on one started for it.
#include "postgresql/verify.hpp"

#include "postgresql/child_server.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/into_server/verify_server.hpp"
#include "postgresql/load/load.hpp"
#include "postgresql/load/proof.hpp"
#include "postgresql/log_dangers.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/replay/log_history.hpp"
#include "postgresql/replay/point.hpp"
#include "postgresql/server_log.hpp"
#include "postgresql/verify_cluster.hpp"
#include "postgresql/verify_files.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>
#include <thread>

namespace recover::postgresql {

namespace {

Result<std::vector<Check>> examine(const Plan& plan, const Verify& how, const Launch& launch,
                                   StepContext& context) {
  const Endpoint endpoint = RECOVER_TRY(find_endpoint(plan, launch, context));
  {
    auto connection = RECOVER_TRY(Connection::open(endpoint, "template1", context.cancel));
    RECOVER_TRY(wait_for_recovery(connection, launch, context));
  }
  std::optional<Check> point;
  if (plan.strategy == Strategy::direct && goes_to_point(plan.facts)) {
    auto connection = RECOVER_TRY(Connection::open(endpoint, "template1", context.cancel));
    const std::string log = context.host.files().read(launch.log_file).value_or(std::string());
    point = RECOVER_TRY(check_point(plan, launch.data, log, connection, context));
  }
  Cluster cluster{endpoint, launch.major, how.level, connections_of(plan)};
  cluster.is_freshly_loaded = plan.strategy != Strategy::direct;  // against the dump, below
  auto checks = RECOVER_TRY(check_cluster(plan, cluster, context));
  if (point) checks.insert(checks.begin() + 1, std::move(*point));
  if (plan.strategy == Strategy::direct) return checks;
  const load::LoadRecord record = RECOVER_TRY(load::read_record(plan, context));
  auto proof = RECOVER_TRY(load::prove(record, how.level, cluster.jobs, endpoint, {}, context));
  checks.insert(checks.begin(), proof.begin(), proof.end());
  return checks;
}

Check recovery_check(const std::string& log) {
  return {"recovery", "recovery reached a consistent end", Verdict::passed, recovery_story(log), {}, {}};
}

/// wait_for_recovery() asked the server; getting here means that nothing foreign is in force.
Check settings_check(const Plan& plan) {
  const std::string carried = text_fact(plan.facts, plan_fact::carried_settings);
  return {"settings",
          "no setting of the source is in force unseen",
          Verdict::passed,
          (carried.empty() ? "none carried over" : "carried over: " + carried) +
              fmt::format("; {} kept beside, not in force", plan.ignored_settings.size()),
          {},
          {}};
}

/// A copy is held against its files, a dump has none.
void add_file_checks(std::vector<Check>& checks, const Plan& plan, const std::string& data,
                     const std::string& log, StepContext& context) {
  if (plan.strategy == Strategy::direct) {
    checks.insert(checks.begin() + 1, recovery_check(log));
    checks.push_back(settings_check(plan));
    checks.push_back(check_history(plan.facts));
    checks.push_back(check_pages(plan, data, context));
  }
  checks.push_back(check_clean_shutdown(data, context));
  checks.push_back(check_ownership(plan, data, context));
}

Result<std::vector<Check>> verify_running(const Plan& plan, const Verify& how, const Launch& launch,
                                          StepContext& context) {
  auto checks = RECOVER_TRY(examine(plan, how, launch, context));
  checks.push_back(check_ownership(plan, launch.data, context));
  return checks;
}

Result<std::vector<Check>> verify_stopped(const Plan& plan, const Verify& how, Launch launch,
                                          StepContext& context) {
  launch.verifying = true;
  launch.log_file = context.run_directory + "/server-" + plan.id + ".log";
  const auto before = context.host.files().read(launch.log_file);
  RECOVER_TRY(check_log(plan, launch.data, context.host));
  ChildServer server("postgresql-" + plan.id, launch, context);
  RECOVER_TRY(server.start());
  auto checks = RECOVER_TRY(examine(plan, how, launch, context));
  RECOVER_TRY(server.stop());
  const auto log = context.host.files().read(launch.log_file);
  add_file_checks(checks, plan, launch.data, log ? log->substr(before ? before->size() : 0) : "", context);
  return checks;
}

}  // namespace

Result<std::vector<Check>> verify(const Plan& plan, const Verify& how, StepContext& context) {
  if (plan.target.kind == TargetKind::server) return verify_in_server(plan, how, context);
  Host& host = context.host;
  if (host.files().exists(staged_data(plan.target) + "/PG_VERSION")) {
    return verify_stopped(plan, how, staged_launch(plan, {}), context);
  }
  const Launch launch = final_launch(plan);
  return running_server(launch.data, host) ? verify_running(plan, how, launch, context)
                                           : verify_stopped(plan, how, launch, context);
}

}  // namespace recover::postgresql
