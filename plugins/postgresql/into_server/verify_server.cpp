// The server belongs to others: only our databases are opened, read-only, and none of them is disturbed. A
// database is looked for by its OID once it was exchanged, since by then somebody may have renamed it.
#include "postgresql/into_server/verify_server.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/into_server/address.hpp"
#include "postgresql/into_server/exchange.hpp"
#include "postgresql/into_server/server_state.hpp"
#include "postgresql/load/load.hpp"
#include "postgresql/load/proof.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/verify_cluster.hpp"

#include <algorithm>
#include <map>
#include <thread>

namespace recover::postgresql {

namespace {

/// Where each database of the record is now.
Result<std::map<std::string, std::string>> present_names(const Plan& plan, const load::LoadRecord& record,
                                                         const Endpoint& endpoint, StepContext& context) {
  auto connection = RECOVER_TRY(
      Connection::open(endpoint, text_fact(plan.facts, server_fact::maintenance), context.cancel));
  const auto present = RECOVER_TRY(list_databases(connection, context.cancel));
  std::map<std::string, std::string> names;
  for (const std::string& database : record.databases) names[database] = new_name(plan, database);
  for (const Exchanged& one : exchanged(plan, context)) {
    for (const auto& [name, database] : present) {
      if (database.id == one.new_id) names[one.name] = name;
    }
  }
  for (const auto& [database, name] : names) {
    if (present.count(name) == 0)
      return make_error(errors::target_changed, "database " + name, "it is not on the server any more");
  }
  return names;
}

}  // namespace

Result<std::vector<Check>> verify_in_server(const Plan& plan, const Verify& how, StepContext& context) {
  const Endpoint endpoint = RECOVER_TRY(server_endpoint(plan));
  const load::LoadRecord record = RECOVER_TRY(load::read_record(plan, context));
  const auto names = RECOVER_TRY(present_names(plan, record, endpoint, context));
  Cluster cluster;
  cluster.endpoint = endpoint;
  cluster.level = how.level;
  cluster.maintenance = text_fact(plan.facts, server_fact::maintenance);
  cluster.is_freshly_loaded = true;
  cluster.jobs = connections_of(plan);
  for (const auto& [database, name] : names) cluster.only.push_back(name);
  {
    auto connection = RECOVER_TRY(Connection::open(endpoint, cluster.maintenance, context.cancel));
    cluster.major = connection.major();
  }
  auto checks = RECOVER_TRY(load::prove(record, how.level, cluster.jobs, endpoint, names, context));
  if (cluster.only.empty()) return checks;  // roles alone
  for (Check& check : RECOVER_TRY(check_cluster(plan, cluster, context))) checks.push_back(std::move(check));
  return checks;
}

}  // namespace recover::postgresql
