// setval in the dump says where each sequence stood. A dump that was made while sequences moved, or one of a
// database whose keys were entered by hand, may put a sequence behind its column: the next INSERT then meets
// a key that is there. It came so and is left so, but whoever takes over should know. The column's end is
// looked up in an index; where there is none, that would read the whole table and is not done.
#include "postgresql/load/sequences_check.hpp"

#include "postgresql/load/names.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <vector>

namespace recover::postgresql::load {

namespace {

/// Sequences that belong to an integer column which a btree index begins with.
constexpr const char* owned_sequences = R"(
  SELECT DISTINCT s.oid::pg_catalog.regclass::text, c.oid::pg_catalog.regclass::text, a.attname,
         q.seqincrement < 0
    FROM pg_catalog.pg_sequence q
    JOIN pg_catalog.pg_class s ON s.oid = q.seqrelid
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.oid
     AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
     AND d.deptype IN ('a', 'i')
    JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid
     AND i.indpred IS NULL
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = x.relam AND m.amname = 'btree'
   WHERE a.atttypid IN ('int2'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype)
   ORDER BY 1)";

struct Findings {
  std::vector<std::string> wrong;
  std::vector<std::string> behind;
  std::size_t compared_with_column = 0;
};

void compare_with_dump(const LoadedSequence& one, Connection& connection, Findings& findings,
                       StepContext& context) {
  const auto rows = connection.query("SELECT last_value, is_called FROM " + one.sequence, context.cancel);
  const std::string state =
      rows && !rows->empty() ? text(rows->at(0), 0) + "|" + text(rows->at(0), 1) : std::string("not there");
  if (state == one.state) return;
  findings.wrong.push_back(
      fmt::format("{}: {}: {} in the dump, {} in the server", one.database, one.sequence, one.state, state));
}

/// A table that our role may not read is not compared.
void compare_with_columns(const std::string& database, Connection& connection, Findings& findings,
                          StepContext& context) {
  const auto owned = connection.query(owned_sequences, context.cancel);
  if (!owned) return;
  for (const Row& row : *owned) {
    const std::string sequence = text(row, 0);
    const std::string table = text(row, 1);
    const bool falls = text(row, 3) == "t";
    const auto ends = connection.query(
        fmt::format(
            "SELECT e.value, s.last_value, e.value {} s.last_value OR (e.value = s.last_value AND NOT "
            "s.is_called) FROM {} s, (SELECT {}({}) AS value FROM {}) e",
            falls ? "<" : ">", sequence, falls ? "min" : "max", quoted_identifier(text(row, 2)), table),
        context.cancel);
    if (!ends || ends->empty()) continue;
    ++findings.compared_with_column;
    if (text(ends->at(0), 2) != "t") continue;
    findings.behind.push_back(fmt::format("{}: {} stands at {}, {}.{} is at {} already", database, sequence,
                                          text(ends->at(0), 1), table, text(row, 2), text(ends->at(0), 0)));
  }
}

Check check_of(const LoadRecord& record, const Findings& findings) {
  Check check{"dump_sequences", "every sequence stands where the dump puts it", Verdict::passed, {}, {}, {}};
  check.evidence = fmt::format("{} sequences", record.sequences.size());
  set_fact(check.facts, "sequences", static_cast<std::int64_t>(record.sequences.size()));
  set_fact(check.facts, "compared_with_column", static_cast<std::int64_t>(findings.compared_with_column));
  if (!findings.behind.empty()) {
    check.verdict = Verdict::warning;
    check.evidence += fmt::format("; {} behind the column that uses it, as in the dump: {}",
                                  findings.behind.size(), findings.behind.front());
    set_fact(check.facts, "behind_column", findings.behind);
  }
  if (!findings.wrong.empty()) {
    check.verdict = Verdict::failed;
    check.evidence += fmt::format("; {} differ: {}", findings.wrong.size(), findings.wrong.front());
  }
  return check;
}

}  // namespace

Result<Check> sequences_check(const LoadRecord& record, const Endpoint& endpoint,
                              const std::map<std::string, std::string>& names, StepContext& context) {
  Findings findings;
  std::optional<Connection> connection;
  std::string database;
  for (const LoadedSequence& one : record.sequences) {
    RECOVER_TRY(context.cancel.check());
    if (!connection || database != one.database) {
      connection.reset();
      connection =
          RECOVER_TRY(Connection::open(endpoint, name_in_server(one.database, names), context.cancel));
      database = one.database;
      compare_with_columns(database, *connection, findings, context);
    }
    compare_with_dump(one, *connection, findings, context);
  }
  RECOVER_TRY(context.cancel.check());
  return check_of(record, findings);
}

}  // namespace recover::postgresql::load
