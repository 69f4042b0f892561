// A schema "recover_NAME" in every database that is loaded: its table `done` has one row for each finished
// task. In the maintenance database a second table, `notes`, says which dump it is about, and what a task
// that is passed over cannot tell again. Everybody may add to it, because a dump may change the session's
// role; it is gone before anything is verified. Its own statements are plain enough to mean the same under
// every setting of a dump. What is described here is told in docs/formats/ledger.md.
#include "postgresql/load/ledger.hpp"

#include "postgresql/load/names.hpp"
#include "postgresql/text.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace recover::postgresql::load {

namespace {

constexpr const char* dump_note = "dump";
constexpr const char* already_there = "23505";  // unique_violation

}  // namespace

Ledger::Ledger(Endpoint endpoint, std::string maintenance, const std::string& name, std::string dump)
    : endpoint_(std::move(endpoint)),
      maintenance_(std::move(maintenance)),
      schema_(quoted_identifier(("recover_" + lower_case(name)).substr(0, longest_name))),
      dump_(std::move(dump)) {}

Result<void> Ledger::open(const CancellationToken& cancel) {
  auto connection = RECOVER_TRY(Connection::open(endpoint_, maintenance_, cancel, Purpose::loading));
  is_continued_ = RECOVER_TRY(is_in(connection, cancel));
  if (!is_continued_) {
    // The note about the dump is there from the first moment on, or nothing is.
    const std::string notes = fmt::format(
        "CREATE TABLE {0}.notes (kind pg_catalog.text, note pg_catalog.text,"
        " PRIMARY KEY (kind, note));",
        schema_);
    RECOVER_TRY(connection.execute(tables() + notes + note(dump_note, dump_), cancel));
    return {};
  }
  std::string dump;
  for (const Row& row :
       RECOVER_TRY(connection.query("SELECT kind, note FROM " + schema_ + ".notes", cancel))) {
    if (row[0] == dump_note) {
      dump = row[1].value_or("");
    } else {
      notes_.emplace(row[0].value_or(""), row[1].value_or(""));
    }
  }
  if (dump == dump_) return {};
  return make_error(recover::errors::target_changed,
                    "cannot go on with the load that " + schema_ + " tells of",
                    "it is about another dump: " + dump);
}

Result<bool> Ledger::is_in(Connection& connection, const CancellationToken& cancel) const {
  const Rows rows = RECOVER_TRY(connection.query(
      "SELECT pg_catalog.to_regclass(" + quoted_literal(schema_ + ".done") + ") IS NOT NULL", cancel));
  return rows.at(0).at(0) == "t";
}

Result<bool> Ledger::has_database(const std::string& database, const CancellationToken& cancel) {
  auto connection = RECOVER_TRY(Connection::open(endpoint_, maintenance_, cancel));
  const Rows rows = RECOVER_TRY(connection.query(
      "SELECT 1 FROM pg_catalog.pg_database WHERE datallowconn AND datname = " + quoted_literal(database),
      cancel));
  return !rows.empty();
}

Result<void> Ledger::read(const std::string& database, Entries& entries, const CancellationToken& cancel) {
  if (!RECOVER_TRY(has_database(database, cancel))) return {};
  auto connection = RECOVER_TRY(Connection::open(endpoint_, database, cancel));
  if (!RECOVER_TRY(is_in(connection, cancel))) return {};
  for (const Row& row : RECOVER_TRY(connection.query(
           "SELECT part, task, rows, sum, normalised, refused FROM " + schema_ + ".done", cancel))) {
    entries.emplace(TaskPlace{static_cast<unsigned>(number(row, 0)), number(row, 1)},
                    DoneTask{number(row, 2), row[3].value_or(""), row[4].value_or(""), row[5].value_or("")});
  }
  return {};
}

Result<const DoneTask*> Ledger::find(const std::string& database, const TaskPlace& place,
                                     const CancellationToken& cancel) {
  if (!is_continued_) return nullptr;
  const std::scoped_lock lock(mutex_);
  auto known = known_.find(database);
  if (known == known_.end()) {
    Entries entries;
    RECOVER_TRY(read(database, entries, cancel));
    known = known_.emplace(database, std::move(entries)).first;
  }
  const auto found = known->second.find(place);
  return found == known->second.end() ? nullptr : &found->second;
}

std::string Ledger::tables() const {
  return fmt::format(
      "CREATE SCHEMA {0};"
      "CREATE TABLE {0}.done (part integer, task bigint, rows bigint NOT NULL,"
      " sum pg_catalog.text NOT NULL, normalised pg_catalog.text NOT NULL,"
      " refused pg_catalog.text NOT NULL, PRIMARY KEY (part, task));"
      "GRANT USAGE ON SCHEMA {0} TO PUBLIC;"
      "GRANT INSERT ON {0}.done TO PUBLIC;",
      schema_);
}

Result<void> Ledger::prepare(Connection& connection, const std::string& database,
                             const CancellationToken& cancel) {
  const std::scoped_lock lock(mutex_);
  if (prepared_.count(database) != 0) return {};
  if (!RECOVER_TRY(is_in(connection, cancel))) RECOVER_TRY(connection.execute(tables(), cancel));
  prepared_.insert(database);
  return {};
}

std::string Ledger::entry(const TaskPlace& place, const DoneTask& done) const {
  return fmt::format("INSERT INTO {}.done VALUES ({}, {}, {}, {}, {}, {})", schema_, place.part, place.number,
                     done.rows, quoted_literal(done.sum), quoted_literal(done.normalised),
                     quoted_literal(done.refused));
}

std::string Ledger::note(const std::string& kind, const std::string& text) const {
  return fmt::format("INSERT INTO {}.notes VALUES ({}, {}) ON CONFLICT DO NOTHING", schema_,
                     quoted_literal(kind), quoted_literal(text));
}

/// Through a connection of its own: words of the dump must meet no setting of the dump.
Result<void> Ledger::remember(const std::string& kind, const std::string& text,
                              const CancellationToken& cancel) {
  auto connection = RECOVER_TRY(Connection::open(endpoint_, maintenance_, cancel, Purpose::loading));
  RECOVER_TRY(connection.execute(note(kind, text), cancel));
  return {};
}

bool Ledger::was_done_before(const Error& error) const {
  return text_fact(error.facts, "sqlstate") == already_there &&
         error.what.starts_with("INSERT INTO " + schema_);
}

Result<void> Ledger::remove(const std::vector<std::string>& databases, const CancellationToken& cancel) {
  std::vector<std::string> all = databases;
  // The maintenance database goes last: it says that there is something to go on with.
  std::erase(all, maintenance_);
  all.emplace_back(maintenance_);
  for (const std::string& database : all) {
    if (!RECOVER_TRY(has_database(database, cancel))) continue;  // the dump itself dropped it again
    auto connection = RECOVER_TRY(Connection::open(endpoint_, database, cancel, Purpose::loading));
    // Event triggers of the dump must not see this; only a superuser can have made some.
    const std::string quietly = connection.is_superuser() ? "SET session_replication_role = replica; " : "";
    RECOVER_TRY(connection.execute(
        quietly + "SET client_min_messages = error; DROP SCHEMA IF EXISTS " + schema_ + " CASCADE", cancel));
  }
  return {};
}

}  // namespace recover::postgresql::load
