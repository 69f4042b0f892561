// Nobody knows beforehand how long the server takes for an index; that it depends on the rows of its table is
// enough to say which one begins first. The factors were measured with the load of tests/bench (PostgreSQL
// 15): what a GIN index of a document column takes, in B-trees of the same table.
#include "postgresql/load/table_sizes.hpp"

namespace recover::postgresql::load {

namespace {

using dump::StatementKind;

constexpr std::uint64_t slow_method = 6;  // gin, gist, spgist: rows are taken apart, or placed one by one
constexpr std::uint64_t check_part = 4;   // a foreign key's query reads both tables and writes nothing

bool has_slow_method(const std::string& sql) {
  return sql.find(" USING gin ") != std::string::npos || sql.find(" USING gist ") != std::string::npos ||
         sql.find(" USING spgist ") != std::string::npos;
}

}  // namespace

void TableSizes::add(const Task& task) {
  const auto table = std::pair(task.session.database, task.statement.object);
  if (task.rows) bytes_[table] += task.rows->total();
  if (task.statement.kind == StatementKind::insert) bytes_[table] += task.sql.size();
}

std::uint64_t TableSizes::work_of(const Task& task) const {
  const auto found = bytes_.find({task.session.database, task.statement.object});
  if (found == bytes_.end()) return 0;
  switch (task.statement.kind) {
    case StatementKind::copy:
    case StatementKind::add_constraint: return found->second;
    case StatementKind::create_index: return found->second * (has_slow_method(task.sql) ? slow_method : 1);
    case StatementKind::add_foreign_key: return found->second / check_part;
    default: return 0;
  }
}

}  // namespace recover::postgresql::load
