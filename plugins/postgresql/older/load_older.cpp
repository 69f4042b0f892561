// The old server belongs to nobody but this run: it is started on the copy, asked who it is, and read out.
// What pg_dumpall leaves out is looked for and told: databases that take no connections, and transactions
// that were prepared and never finished.
#include "postgresql/older/load_older.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/into_server/load_beside.hpp"
#include "postgresql/load/dump_text.hpp"
#include "postgresql/load/load.hpp"
#include "postgresql/older/older_server.hpp"
#include "postgresql/placement.hpp"
#include "postgresql/replay/point.hpp"
#include "postgresql/server_log.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

namespace recover::postgresql::older {

namespace {

/// A server on another directory than we think would be read out just as willingly.
Result<void> check_identity(const Plan& plan, Connection& connection, StepContext& context) {
  const Rows rows = RECOVER_TRY(
      connection.query("SELECT system_identifier FROM pg_catalog.pg_control_system()", context.cancel));
  const std::string expected = text_fact(plan.finding.facts, fact::system_identifier);
  const std::string found = rows.at(0).at(0).value_or("");
  if (found == expected) return {};
  return make_error(errors::wrong_cluster, "the server on the copy of " + plan.finding.path,
                    "its system identifier is " + found + ", that of the source is " + expected);
}

Result<void> tell_what_is_left_out(Connection& connection, StepContext& context) {
  const Rows closed = RECOVER_TRY(connection.query(
      "SELECT datname FROM pg_catalog.pg_database WHERE NOT datallowconn AND datname <> 'template0'",
      context.cancel));
  for (const Row& row : closed)
    context.tell("database " + row.at(0).value_or("") +
                 " takes no connections (datallowconn) and is not dumped by pg_dumpall");
  const Rows prepared =
      RECOVER_TRY(connection.query("SELECT gid, database FROM pg_catalog.pg_prepared_xacts", context.cancel));
  for (const Row& row : prepared)
    context.tell(fmt::format(
        "transaction \"{}\" of database {} was prepared and never finished: what it did is not in a dump",
        row.at(0).value_or(""), row.at(1).value_or("")));
  return {};
}

std::string story(const Launch& launch, StepContext& context) {
  const auto log = context.host.files().read(launch.log_file);
  return log ? recovery_story(*log) : std::string{};
}

/// The old server is the only one that knows where its replay ended.
Result<void> prove_point(const Plan& copy, const Launch& launch, Connection& connection,
                         StepContext& context) {
  if (!goes_to_point(copy.facts)) return {};
  const std::string log = context.host.files().read(launch.log_file).value_or(std::string());
  Check check = RECOVER_TRY(check_point(copy, launch.data, log, connection, context));
  if (check.error) return *std::move(check.error);
  context.tell("point in time: " + check.evidence);
  return {};
}

/// From here on the old server can be read like a dump.
Result<Plan> plan_of_load(const Plan& plan, const Launch& launch, StepContext& context) {
  const Endpoint endpoint = RECOVER_TRY(find_endpoint(copy_plan(plan), launch, context));
  auto connection = RECOVER_TRY(Connection::open(endpoint, "template1", context.cancel));
  RECOVER_TRY(wait_for_recovery(connection, launch, context));
  RECOVER_TRY(check_identity(plan, connection, context));
  RECOVER_TRY(prove_point(copy_plan(plan), launch, connection, context));
  RECOVER_TRY(tell_what_is_left_out(connection, context));
  Plan load = plan;
  set_fact(load.facts, load::read_fact::sockets, launch.sockets);
  set_fact(load.facts, load::read_fact::superuser, endpoint.superuser);
  return load;
}

Result<void> load_into_target(const Plan& plan, StepContext& context) {
  return plan.target.kind == TargetKind::server ? load_beside(plan, context) : load::load(plan, context);
}

}  // namespace

Result<void> load_older(const Plan& plan, StepContext& context) {
  const Plan copy = copy_plan(plan);
  RECOVER_TRY(end_remains(plan, context));
  if (!context.host.files().exists(staged_data(copy.target) + "/PG_VERSION"))
    return load_into_target(plan, context);
  const Launch launch = older::launch(plan, context);
  ChildServer server("postgresql-older-" + plan.id, launch, context);
  RECOVER_TRY(server.start());
  const Plan load = RECOVER_TRY(plan_of_load(plan, launch, context));
  context.tell(fmt::format("PostgreSQL {} opened the copy: {}", text_fact(plan.facts, older_fact::version),
                           story(launch, context)));
  RECOVER_TRY(load_into_target(load, context));
  RECOVER_TRY(server.stop());
  return remove_tree(copy.target.staging);
}

Result<void> discard_older(const Plan& plan, StepContext& context) {
  return end_remains(plan, context);
}

}  // namespace recover::postgresql::older
