// The dump is the oracle. Rows are compared as a multiset, because a server may give them in any order: the
// sum of their hashes is the same. The server prints them as a dump would (reference: pg_dump.c,
// setup_connection), in UTC; the dump's own rows were brought to the same form where that matters.
#include "postgresql/load/proof.hpp"

#include "postgresql/load/column_letters.hpp"
#include "postgresql/load/names.hpp"
#include "postgresql/load/objects_check.hpp"
#include "postgresql/load/outside_check.hpp"
#include "postgresql/load/sequences_check.hpp"
#include "postgresql/server_error.hpp"
#include "postgresql/text.hpp"

#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

namespace recover::postgresql::load {

namespace {

/// What the server has of one table.
struct Counted {
  std::uint64_t rows = 0;
  std::string sum;
  std::string failure;
  bool is_of_extension = false;  ///< which puts rows of its own into it; the dump has those that were added
};

class Prover {
 public:
  Prover(const LoadRecord& record, bool with_sums, const Endpoint& endpoint,
         const std::map<std::string, std::string>& names, StepContext& context)
      : record_(record),
        with_sums_(with_sums),
        endpoint_(endpoint),
        names_(names),
        context_(context),
        counted_(record.tables.size()) {}

  /// Several threads at once.
  Result<void> work() {
    std::optional<Connection> connection;
    std::string database;
    for (std::size_t i = next_++; i < counted_.size(); i = next_++) {
      RECOVER_TRY(context_.cancel.check());
      const LoadedTable& table = record_.tables[i];
      if (!connection || database != table.database) {
        connection.reset();
        connection =
            RECOVER_TRY(Connection::open(endpoint_, name_in_server(table.database, names_), context_.cancel));
        database = table.database;
        RECOVER_TRY(set_up(*connection, encoding_of(database)));
      }
      context_.progress.detail(table.database + ": " + table.table);
      context_.progress.count("tables compared", i, counted_.size());
      auto counted = count(*connection, table);
      RECOVER_TRY(context_.cancel.check());
      counted_[i] = counted ? std::move(*counted) : Counted{0, {}, counted.error().cause, false};
    }
    return {};
  }

  [[nodiscard]] const std::vector<Counted>& counted() const { return counted_; }

 private:
  [[nodiscard]] std::string encoding_of(const std::string& database) const {
    const auto own = record_.encodings.find(database);
    return own == record_.encodings.end() ? record_.encoding : own->second;
  }

  Result<void> set_up(Connection& connection, const std::string& encoding) {
    RECOVER_TRY(connection.execute("SET client_encoding = '" + encoding +
                                       "'; SET datestyle = ISO; SET intervalstyle = postgres; "
                                       "SET extra_float_digits = 1; SET bytea_output = hex; SET timezone = "
                                       "'UTC'; SET xmloption = content",
                                   context_.cancel));
    return {};
  }

  Result<Counted> count(Connection& connection, const LoadedTable& table) {
    const Rows kind = RECOVER_TRY(connection.query(
        "SELECT c.relkind, EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = "
        "'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') "
        "FROM pg_catalog.pg_class c WHERE c.oid = " +
            quoted_literal(table.table) + "::pg_catalog.regclass",
        context_.cancel));
    // A partitioned table has its rows in its partitions; any other has its own, without its heirs'.
    const bool plain = !kind.empty() && kind[0][0] == "r";
    const bool is_of_extension = !kind.empty() && kind[0][1] == "t";
    const std::string source = (plain ? "ONLY " : "") + table.table;
    if (!with_sums_ || table.sum.empty() || is_of_extension) {
      const Rows rows = RECOVER_TRY(connection.query("SELECT count(*) FROM " + source, context_.cancel));
      return Counted{number(rows.at(0), 0), {}, {}, is_of_extension};
    }
    dump::RowSum sum(row_form(table.normalised));
    const std::string columns =
        table.columns.empty() ? "*" : table.columns.substr(1, table.columns.size() - 2);
    const std::string sql = plain ? "COPY " + table.table + " " + table.columns + " TO stdout"
                                  : "COPY (SELECT " + columns + " FROM " + source + ") TO stdout";
    RECOVER_TRY(connection.copy_out(
        sql, [&](std::string_view row) { sum.add_rows(row); }, context_.cancel));
    return Counted{sum.rows(), sum.text(), {}, false};
  }

  const LoadRecord& record_;
  bool with_sums_;
  const Endpoint& endpoint_;
  const std::map<std::string, std::string>& names_;
  StepContext& context_;
  std::atomic<std::size_t> next_{0};
  std::vector<Counted> counted_;
};

Check rows_check(const LoadRecord& record, const std::vector<Counted>& counted) {
  Check check{"dump_rows", "every table has the rows of the dump", Verdict::passed, {}, {}, {}};
  std::uint64_t rows = 0;
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    rows += counted[i].rows;
    const LoadedTable& table = record.tables[i];
    const bool has_all =
        counted[i].is_of_extension ? counted[i].rows >= table.rows : counted[i].rows == table.rows;
    if (counted[i].failure.empty() && has_all) continue;
    check.verdict = Verdict::failed;
    if (wrong++ != 0) continue;
    check.evidence = fmt::format("{}: {}: ", table.database, table.table);
    check.evidence += counted[i].failure.empty()
                          ? fmt::format("{} rows in the dump, {} in the server", table.rows, counted[i].rows)
                          : counted[i].failure;
  }
  set_fact(check.facts, "tables", static_cast<std::int64_t>(counted.size()));
  set_fact(check.facts, "rows", static_cast<std::int64_t>(rows));
  if (wrong == 0) {
    check.evidence =
        fmt::format("{} tables, {} rows: as many as the dump has", counted.size(), with_separators(rows));
  } else if (wrong > 1) {
    check.evidence += fmt::format("; {} tables in all", wrong);
  }
  return check;
}

Check contents_check(const LoadRecord& record, const std::vector<Counted>& counted, bool with_sums) {
  Check check{"dump_contents", "every table has the contents of the dump", Verdict::not_checked, {}, {}, {}};
  if (!with_sums) {
    check.evidence = "not compared at this level; --verify full sums every row";
    return check;
  }
  std::vector<std::string> wrong;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    if (record.tables[i].sum.empty() || !counted[i].failure.empty() || counted[i].is_of_extension) continue;
    ++compared;
    if (counted[i].sum != record.tables[i].sum)
      wrong.push_back(record.tables[i].database + ": " + record.tables[i].table);
  }
  set_fact(check.facts, "tables", static_cast<std::int64_t>(compared));
  check.verdict = wrong.empty() ? Verdict::passed : Verdict::failed;
  check.evidence = wrong.empty()
                       ? fmt::format("{} tables: the sums of all rows are equal", compared)
                       : fmt::format("{} of {} tables differ: {}", wrong.size(), compared, wrong.front());
  const std::size_t without = counted.size() - compared;
  if (without != 0)
    check.evidence +=
        fmt::format("; {} came as INSERT or belong to an extension and were only counted", without);
  return check;
}

/// What the server refused and nothing is missing for, counted by kind.
void add_refusals(const LoadRecord& record, Check& check) {
  std::vector<std::string> counted;
  for (const auto& [state, count] : record.refusals)
    counted.push_back(fmt::format("{} x {} ({})", count, state, server_error(state).group));
  if (counted.empty()) return;
  check.evidence += fmt::format("; refused, and nothing is missing for it: {}", fmt::join(counted, ", "));
  set_fact(check.facts, "harmless_refusals", counted);
}

Check load_check(const LoadRecord& record) {
  Check check{"dump_load", "every statement of the dump was carried out", Verdict::passed, {}, {}, {}};
  check.evidence =
      fmt::format("{} statements in {:.1f} s", with_separators(record.statements), record.seconds);
  set_fact(check.facts, "statements", static_cast<std::int64_t>(record.statements));
  if (record.passed_over != 0) {
    check.evidence +=
        fmt::format("; {} of them, {} tables, were done before an interruption",
                    with_separators(record.passed_over), with_separators(record.tables_passed_over));
    set_fact(check.facts, "tables_loaded_before", static_cast<std::int64_t>(record.tables_passed_over));
  }
  add_refusals(record, check);
  if (!record.made_roles.empty()) {
    check.verdict = Verdict::warning;
    check.evidence += fmt::format("; the dump does not define these owners, made without login: {}",
                                  fmt::join(record.made_roles, ", "));
    set_fact(check.facts, "made_roles", record.made_roles);
  }
  if (!record.cut.empty()) {
    check.verdict = Verdict::warning;
    check.evidence += fmt::format("; the dump is cut off, what came behind is missing: {}", record.cut);
    set_fact(check.facts, "salvaged", true);
  }
  if (!record.warnings.empty()) {
    check.verdict = Verdict::warning;
    check.evidence += fmt::format("; {}", fmt::join(record.warnings, "; "));
  }
  return check;
}

}  // namespace

Result<std::vector<Check>> prove(const LoadRecord& record, const std::string& level, unsigned jobs,
                                 const Endpoint& endpoint, const std::map<std::string, std::string>& names,
                                 StepContext& context) {
  std::vector<Check> checks{load_check(record)};
  if (level == "none") return checks;
  const bool with_sums = level == "full";
  Prover prover(record, with_sums, endpoint, names, context);
  std::mutex mutex;
  std::optional<Error> failure;
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1U, jobs); ++i) {
      workers.emplace_back([&] {
        auto done = prover.work();
        const std::scoped_lock lock(mutex);
        if (!done && !failure) failure = std::move(done).error();
      });
    }
  }
  if (failure) return *std::move(failure);
  checks.push_back(rows_check(record, prover.counted()));
  checks.push_back(contents_check(record, prover.counted(), with_sums));
  checks.push_back(RECOVER_TRY(sequences_check(record, endpoint, names, context)));
  checks.push_back(RECOVER_TRY(objects_check(record, endpoint, names, context)));
  if (!record.outside.empty()) checks.push_back(RECOVER_TRY(outside_check(record, endpoint, names, context)));
  return checks;
}

}  // namespace recover::postgresql::load
