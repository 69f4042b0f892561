// Running one task in a session that is what the dump expects at that place, and entering it as done in the
// same transaction. A statement's failure ends the load, except for the few that a fresh cluster makes
// harmless: the role that made the cluster is there already, and what a dump made with --clean drops is not.
// psql goes on over both as well.
#include "postgresql/load/worker.hpp"

#include "postgresql/dump/role_names.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/load/locales.hpp"
#include "postgresql/load/made_names.hpp"
#include "postgresql/load/object_count.hpp"
#include "postgresql/load/tolerated.hpp"
#include "postgresql/server_error.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace recover::postgresql::load {

namespace {

constexpr int most_deadlocks = 5;  // index builds of partitions may meet; the server picks one to repeat

/// In words for whoever watches; empty for what is over in a moment.
std::string what_takes_long(const dump::Statement& statement) {
  switch (statement.kind) {
    case dump::StatementKind::copy:
    case dump::StatementKind::insert: return "table " + statement.object;
    case dump::StatementKind::create_index:
    case dump::StatementKind::add_constraint: return "index " + statement.name + " of " + statement.object;
    case dump::StatementKind::add_foreign_key: return "foreign key of " + statement.object;
    case dump::StatementKind::refresh: return "materialised view " + statement.object;
    default: return {};
  }
}

Error at_line(Error error, const Task& task) {
  std::string what = fmt::format("line {}: {}", task.line, task.sql.substr(0, 200));
  const bool lacks_extension = is_missing_extension(task.sql, state_of(error));
  Error told = classified(std::move(error), what);
  if (lacks_extension) {
    Error missing = make_error(errors::extension_missing, std::move(what), told.cause);
    missing.facts = std::move(told.facts);
    told = std::move(missing);
  }
  return std::move(told).with("line", static_cast<std::int64_t>(task.line));
}

std::string without_role(const std::string& sql, const Error& refusal) {
  return fmt::format("role {} is not on the target; not carried out: {}", missing_role(refusal.cause), sql);
}

}  // namespace

void Worker::work() {
  while (const Task* task = schedule_.take(number_)) {
    if (const std::string doing = what_takes_long(task->statement); !doing.empty())
      context_.progress.detail(doing);
    auto result = run(*task);
    if (!result) {
      schedule_.fail(told(std::move(result).error(), *task));
      return;
    }
    schedule_.done(*task);
    const Standing standing = schedule_.standing();
    context_.progress.count(standing.things, standing.done, standing.total);
  }
}

Error Worker::told(Error error, const Task& task) const {
  if (error.id != errors::query_failed.id) return error;
  if (options_.ledger == nullptr || !options_.ledger->was_done_before(error))
    return at_line(std::move(error), task);
  return make_error(errors::connection_lost, fmt::format("line {}", task.line),
                    "a session that was believed to be lost had finished it")
      .with("sqlstate", std::string(connection_lost_state));
}

Result<void> Worker::run(const Task& task) {
  RECOVER_TRY(context_.cancel.check());
  if (is_needless(task.statement)) return {};
  RECOVER_TRY(enter(task.session));
  if (options_.shared && RECOVER_TRY(is_left_alone(task))) return {};
  RECOVER_TRY(check_strings(task));
  if (task.rows) return copy(task);
  if (task.statement.kind == dump::StatementKind::create_database) return create_database(task);
  RECOVER_TRY(share_processors(task));
  return execute(task);
}

/// Sessions that each bring parallel workers only take the processors from each other, and the longest index
/// ends last of all. A server of somebody else is on a machine that we do not know.
Result<void> Worker::share_processors(const Task& task) {
  constexpr int first_with_helpers = 11;
  constexpr unsigned usual = 2;  // max_parallel_maintenance_workers as the server has it
  const bool is_index = task.statement.kind == dump::StatementKind::create_index ||
                        task.statement.kind == dump::StatementKind::add_constraint;
  if (!is_index || options_.shared || connection_->major() < first_with_helpers) return {};
  const auto sessions = static_cast<unsigned>(std::min<std::size_t>(schedule_.at_work(), options_.jobs));
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  const unsigned helpers = std::min(usual, std::max(1U, processors / std::max(1U, sessions)) - 1);
  if (helpers_.value_or(usual) == helpers) return {};
  RECOVER_TRY(connection_->execute_single(fmt::format("SET max_parallel_maintenance_workers = {}", helpers),
                                          context_.cancel));
  helpers_ = helpers;
  return {};
}

/// Where the server reads strings in another way than the splitter did, statements end elsewhere for it.
Result<void> Worker::check_strings(const Task& task) const {
  if (connection_->strings_conform() == task.strings_conform) return {};
  return make_error(errors::statement_failed, fmt::format("line {}: {}", task.line, task.sql.substr(0, 200)),
                    fmt::format("standard_conforming_strings is {} in the dump and {} in the server",
                                task.strings_conform ? "on" : "off", task.strings_conform ? "off" : "on"))
      .with("line", static_cast<std::int64_t>(task.line));
}

/// Settings that the task does not know, because it stands before them in the dump, are taken back.
Result<void> Worker::enter(const SessionState& wanted) {
  if (!connection_ || state_.database != wanted.database) {
    connection_.reset();
    helpers_.reset();
    connection_ =
        RECOVER_TRY(Connection::open(options_.endpoint, wanted.database, context_.cancel, Purpose::loading));
    state_ = {wanted.database, std::make_shared<const std::vector<std::string>>()};
    if (options_.ledger != nullptr)
      RECOVER_TRY(options_.ledger->prepare(*connection_, wanted.database, context_.cancel));
  }
  if (state_.settings == wanted.settings) return {};
  std::size_t applied = state_.settings->size();
  const bool is_ahead =
      applied > wanted.settings->size() ||
      !std::equal(state_.settings->begin(), state_.settings->end(), wanted.settings->begin());
  if (is_ahead) {
    RECOVER_TRY(connection_->reset(context_.cancel));
    helpers_.reset();
    applied = 0;
  }
  for (; applied < wanted.settings->size(); ++applied)
    RECOVER_TRY(apply_setting(wanted.settings->at(applied)));
  state_.settings = wanted.settings;
  return {};
}

/// A newer pg_dump sets what an older server does not know (transaction_timeout); psql goes on there too.
Result<void> Worker::apply_setting(const std::string& statement) {
  auto done = connection_->execute_single(statement, context_.cancel);
  if (done) return {};
  if (is_missing_role(done.error().cause, state_of(done.error()))) {
    if (!options_.databases.globals) return warn(without_role(statement, done.error()));
    RECOVER_TRY(make_missing_role(done.error()));
    RECOVER_TRY(connection_->execute_single(statement, context_.cancel));
    return {};
  }
  if (!is_unknown_setting(state_of(done.error()))) return std::move(done).error();
  return warn("the server does not know: " + statement);
}

/// Once, and in a later attempt too, which passes over what was done.
Result<void> Worker::warn(const std::string& warning) {
  if (!tally_.add_warning(warning) || options_.ledger == nullptr) return {};
  return options_.ledger->remember("warning", warning, context_.cancel);
}

bool Worker::is_entered(const Task& task) const {
  return options_.ledger != nullptr && !task.repeated;
}

std::string Worker::entry(const Task& task, const DoneTask& done) const {
  return options_.ledger->entry(task.place, done);
}

Result<void> Worker::execute(const Task& task) {
  for (int attempt = 0;; ++attempt) {
    auto rows = execute_once(task);
    if (rows) {
      note_objects(task, options_);
      if (task.statement.kind == dump::StatementKind::insert && !task.temporary)
        tally_.add_rows(task.session.database, task.statement.object, *rows);
      return {};
    }
    const std::string state = state_of(rows.error());
    if (is_deadlock(state) && attempt < most_deadlocks) continue;
    const bool lacks_role = is_missing_role(rows.error().cause, state);
    if (lacks_role && !options_.databases.globals) return go_without_role(task, rows.error());
    if (lacks_role && attempt < most_deadlocks) {
      RECOVER_TRY(make_missing_role(rows.error()));
      continue;
    }
    if (is_beyond_our_rights(task, state)) {
      RECOVER_TRY(warn("not allowed: " + task.sql));
      return refused(task, state);
    }
    if (is_harmless(task.statement, task.sql, state) || was_made_before(task, state))
      return refused(task, state);
    return std::move(rows).error();
  }
}

Result<std::uint64_t> Worker::execute_once(const Task& task) {
  if (task.statement.kind == dump::StatementKind::insert) return insert(task);
  if (!is_entered(task)) return connection_->execute_single(task.sql, context_.cancel);
  return connection_->execute_with(task.sql, entry(task, {}), context_.cancel);
}

/// Whose something is, and who may what, can be left out; anything else would not be what the dump says.
Result<void> Worker::go_without_role(const Task& task, const Error& refusal) {
  const dump::StatementKind kind = task.statement.kind;
  const bool can_go = kind == dump::StatementKind::owner || kind == dump::StatementKind::privileges ||
                      kind == dump::StatementKind::alter_database ||
                      kind == dump::StatementKind::role_property;
  if (!can_go) {
    return make_error(errors::role_missing, "role " + missing_role(refusal.cause),
                      fmt::format("line {} needs it: {}", task.line, task.sql.substr(0, 200)));
  }
  RECOVER_TRY(warn(without_role(task.sql, refusal)));
  return refused(task, state_of(refusal));
}

/// What commits by itself may have been done by an attempt that did not live to enter it.
bool Worker::was_made_before(const Task& task, const std::string& state) const {
  return options_.ledger != nullptr && options_.ledger->is_continued() &&
         task.statement.kind == dump::StatementKind::create_tablespace && is_duplicate_object(state);
}

/// A refusal that leaves nothing missing is counted, and is the end of its task too.
Result<void> Worker::refused(const Task& task, const std::string& state) {
  tally_.add_refusal(state);
  if (!is_entered(task) || connection_->in_transaction()) return {};
  RECOVER_TRY(connection_->execute(entry(task, {0, {}, {}, state}), context_.cancel));
  return {};
}

/// postgres and template1 are there already; anything else that is there was made by this very dump.
Result<void> Worker::create_database(const Task& task) {
  if (options_.shared) RECOVER_TRY(options_.shared->made_databases->add(task.statement.name));
  auto made = execute_once(task);
  if (made) {
    note_objects(task, options_);
    return {};
  }
  const std::string state = state_of(made.error());
  // An old dump names the owner here.
  if (is_missing_role(made.error().cause, state)) {
    Task next = task;
    if (options_.databases.globals) RECOVER_TRY(make_missing_role(made.error()));
    if (!options_.databases.globals) {
      RECOVER_TRY(warn(without_role(task.sql, made.error())));
      next.sql = dump::without_owner(task.sql);
    }
    RECOVER_TRY(execute_once(next));
    return {};
  }
  if (is_duplicate_database(state)) return refused(task, state);
  if (!is_wrong_locale(state) || options_.shared) return std::move(made).error();
  const std::vector<std::string> locales = libc_locales(task.sql);
  return make_error(errors::locale_missing, fmt::format("line {}: {}", task.line, task.sql),
                    made.error().cause)
      .with("locales", locales);
}

/// An owner that the dump names and does not define: nobody can log in with it.
Result<void> Worker::make_missing_role(const Error& refusal) {
  const std::string role = missing_role(refusal.cause);
  if (options_.ledger != nullptr) RECOVER_TRY(options_.ledger->remember("role", role, context_.cancel));
  if (options_.shared) RECOVER_TRY(options_.shared->made_roles->add(role));
  auto maker = RECOVER_TRY(
      Connection::open(options_.endpoint, options_.maintenance, context_.cancel, Purpose::loading));
  auto made = maker.execute("CREATE ROLE " + quoted_identifier(role) + " NOLOGIN", context_.cancel);
  if (!made && !is_duplicate_object(state_of(made.error()))) return std::move(made).error();
  tally_.add_role(role);
  return {};
}

}  // namespace recover::postgresql::load
