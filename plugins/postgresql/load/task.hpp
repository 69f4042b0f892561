/// One piece of a load's work.
#pragma once

#include "postgresql/dump/objects.hpp"
#include "postgresql/dump/statement.hpp"
#include "postgresql/load/ledger.hpp"
#include "postgresql/load/row_queue.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace recover::postgresql::load {

/// What a session must be before a task runs in it.
struct SessionState {
  std::string database;
  std::shared_ptr<const std::vector<std::string>> settings;  ///< statements, in order
  bool operator==(const SessionState&) const = default;
};

/// One statement, or one COPY with its rows.
struct Task {
  dump::Statement statement;
  std::string sql;
  std::uint64_t line = 0;
  TaskPlace place;
  SessionState session;
  std::string belongs_to;          ///< the database that it is about, as the dump calls it
  dump::Objects objects;           ///< what it makes there
  std::shared_ptr<RowQueue> rows;  ///< of a COPY
  bool lines_are_rows = false;     ///< see dump::RowForm
  bool freeze = false;             ///< the table is empty and ours alone
  bool temporary = false;          ///< about a table that nobody will find afterwards
  bool repeated = false;           ///< of the session: carried out in every attempt, never entered as done
  bool strings_conform = true;     ///< how the dump's strings are read at this place
  bool pinned = false;             ///< belongs to a session that must not change: worker 0 runs it
};

}  // namespace recover::postgresql::load
