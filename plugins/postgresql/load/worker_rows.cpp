// The rows of a table: one COPY or several INSERTs, counted and summed while they pass, and entered in the
// same transaction, so that an interrupted load knows which tables are full.
#include "postgresql/errors.hpp"
#include "postgresql/load/column_letters.hpp"
#include "postgresql/load/object_count.hpp"
#include "postgresql/load/tolerated.hpp"
#include "postgresql/load/worker.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

namespace recover::postgresql::load {

/// INSERTs that are sent together are the one case where we send several statements ourselves. How many rows
/// they are is known, and entered, only afterwards.
Result<std::uint64_t> Worker::insert(const Task& task) {
  const CancellationToken& cancel = context_.cancel;
  if (!is_entered(task)) return connection_->execute(task.sql, cancel);
  const bool is_ours = !connection_->in_transaction();
  if (is_ours) RECOVER_TRY(connection_->execute("BEGIN", cancel));
  auto rows = connection_->execute(task.sql, cancel);
  if (rows) {
    RECOVER_TRY(enter_rows(task, {*rows, {}, {}, {}}, is_ours));
  } else if (is_ours && connection_->in_transaction()) {
    RECOVER_TRY(connection_->execute("ROLLBACK", cancel));
  }
  return rows;
}

/// Enters what was filled, and ends the transaction if it is ours and not the dump's.
Result<void> Worker::enter_rows(const Task& task, const DoneTask& done, bool is_ours) {
  std::string sql = is_entered(task) ? entry(task, done) : "";
  if (is_ours) sql += "; COMMIT";
  if (!sql.empty()) RECOVER_TRY(connection_->execute(sql, context_.cancel));
  return {};
}

/// Positions of the columns whose text depends on the session that dumped them.
Result<std::string> Worker::columns_to_normalise(const Task& task) {
  const Rows rows = RECOVER_TRY(connection_->query(letters_query(task.statement.object), context_.cancel));
  std::string letters;
  const std::vector<std::string>& columns = task.statement.columns;
  for (const Row& row : rows) {
    if (columns.empty()) letters += row[1]->empty() ? "-" : *row[1];
  }
  for (const std::string& column : columns) {
    std::string letter = "-";
    for (const Row& row : rows) {
      if (row[0] == column && !row[1]->empty()) letter = *row[1];
    }
    letters += letter;
  }
  return letters.find_first_not_of('-') == std::string::npos ? "" : letters;
}

Result<void> Worker::copy(const Task& task) {
  const std::string normalised = task.temporary ? "" : RECOVER_TRY(columns_to_normalise(task));
  dump::RowForm form = row_form(normalised);
  form.lines_are_rows = task.lines_are_rows;
  dump::RowSum sum(form);
  const bool is_ours = is_entered(task) ? !connection_->in_transaction() : task.freeze;
  const std::uint64_t taken = RECOVER_TRY(send_rows(task, is_ours, sum));
  const dump::Statement& statement = task.statement;
  if (!statement.is_csv && taken != sum.rows()) {
    return make_error(errors::statement_failed, fmt::format("line {}: {}", task.line, task.sql),
                      fmt::format("the dump has {} rows, the server took {}", sum.rows(), taken));
  }
  // A line of CSV may be half a row: only the server knows how many they are.
  RECOVER_TRY(enter_rows(
      task, statement.is_csv ? DoneTask{taken, {}, {}, {}} : DoneTask{taken, sum.text(), normalised, {}},
      is_ours));
  note_objects(task, options_);
  if (statement.is_csv) {
    tally_.add_rows(task.session.database, statement.object, taken);
  } else if (!task.temporary) {
    tally_.add_copy(task.session.database, statement.object, column_list(statement), sum, normalised);
  }
  return {};
}

/// A table that this load made is emptied and filled in one transaction: its pages then need no log where
/// the server keeps a minimal one, and its rows are frozen at once (reference: the manual, COPY, FREEZE).
Result<std::uint64_t> Worker::send_rows(const Task& task, bool is_ours, dump::RowSum& sum) {
  const CancellationToken& cancel = context_.cancel;
  if (is_ours)
    RECOVER_TRY(connection_->execute(task.freeze ? "BEGIN; TRUNCATE ONLY " + task.statement.object : "BEGIN",
                                     cancel));
  RECOVER_TRY(connection_->begin_copy(task.freeze ? dump::copy_with_freeze(task.sql) : task.sql, cancel));
  while (const auto rows = task.rows->pop()) {
    sum.add_rows(*rows);
    RECOVER_TRY(connection_->put(*rows, cancel));
  }
  if (!task.rows->ended()) return make_error(recover::errors::run_cancelled, "the load was given up");
  return connection_->end_copy(cancel);
}

}  // namespace recover::postgresql::load
