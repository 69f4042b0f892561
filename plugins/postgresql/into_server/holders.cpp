// A prepared transaction keeps its database from being renamed and dropped until it is committed or rolled
// back; a logical replication slot keeps it from being dropped (ReplicationSlotsCountDBSlots, dropdb() in
// src/backend/commands/dbcommands.c) and holds back WAL for as long as it is there. Both belong to somebody
// else, so they are named and never removed.
#include "postgresql/into_server/holders.hpp"

#include "postgresql/errors.hpp"

#include <fmt/format.h>

namespace recover::postgresql {

namespace {

Result<Rows> slots_of(Connection& connection, const std::vector<std::uint64_t>& databases,
                      StepContext& context) {
  return connection.query(
      "SELECT slot_name, database FROM pg_catalog.pg_replication_slots WHERE datoid IN (" +
          list_of(databases) + ") ORDER BY slot_name",
      context.cancel);
}

}  // namespace

std::string list_of(const std::vector<std::uint64_t>& ids) {
  std::string list = "0";
  for (const std::uint64_t id : ids) list += fmt::format(", {}", id);
  return list;
}

Result<void> check_prepared(Connection& connection, const std::vector<std::uint64_t>& databases,
                            StepContext& context) {
  const Rows rows = RECOVER_TRY(
      connection.query("SELECT p.gid, p.database, p.owner FROM pg_catalog.pg_prepared_xacts p "
                       "JOIN pg_catalog.pg_database d ON d.datname = p.database WHERE d.oid IN (" +
                           list_of(databases) + ")",
                       context.cancel));
  if (rows.empty()) return {};
  return make_error(errors::database_in_use, "database " + rows[0][1].value_or(""),
                    fmt::format("the prepared transaction {} of {} holds it", rows[0][0].value_or(""),
                                rows[0][2].value_or("")));
}

Result<void> check_slots(Connection& connection, const std::vector<std::uint64_t>& databases,
                         StepContext& context) {
  const Rows rows = RECOVER_TRY(slots_of(connection, databases, context));
  if (rows.empty()) return {};
  return make_error(errors::database_in_use, "database " + rows[0][1].value_or(""),
                    fmt::format("the logical replication slot {} belongs to it", rows[0][0].value_or("")))
      .advise(
          "Drop the slot when nobody needs it any more (SELECT pg_drop_replication_slot(...)), or replace "
          "the "
          "database with --replace=swap, which leaves the slot with the old one.");
}

Result<void> tell_slots(Connection& connection, const std::vector<std::uint64_t>& databases,
                        StepContext& context) {
  for (const Row& row : RECOVER_TRY(slots_of(connection, databases, context))) {
    context.tell(fmt::format(
        "the logical replication slot {} stays with the old database {}: it sees nothing of the new one, and "
        "holds back WAL until it is dropped",
        row[0].value_or(""), row[1].value_or("")));
  }
  return {};
}

}  // namespace recover::postgresql
