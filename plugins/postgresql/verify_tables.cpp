// The proof that rows are there: every table is read to its end by a sequential scan (index scans are
// switched off, or count(*) could be answered without touching the table). A table that was cut at the end
// of a page scans without a complaint, and amcheck only asks whether each row has its index entry: so a
// thorough reading counts an index that holds all rows too, in the same snapshot. Each worker keeps one
// connection and takes the next table; tables are ordered by database so that reconnecting is rare. A
// failure belongs to its table and never hides the others.
#include "postgresql/verify_tables.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace recover::postgresql {

namespace {

constexpr auto scan_settings =
    "SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off; "
    "SET max_parallel_workers_per_gather = 0";

/// With these the planner counts by an index wherever one holds every row: partial ones do not.
constexpr auto index_settings =
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on; ";

std::string from_clause(const TableEntry& table) {
  return " FROM ONLY " + quoted_identifier(table.schema) + "." + quoted_identifier(table.name);
}

class Worker {
 public:
  Worker(const Endpoint& endpoint, const CancellationToken& cancel) : endpoint_(endpoint), cancel_(cancel) {}

  TableReading read(const TableEntry& table, bool thorough) {
    TableReading reading{table, 0, std::nullopt, std::nullopt, std::nullopt};
    if (auto done = fill(reading, thorough); !done) {
      reading.failure = std::move(done).error();
      connection_.reset();  // it may be broken; the next table gets a fresh one
    }
    return reading;
  }

 private:
  Result<void> fill(TableReading& reading, bool thorough) {
    const TableEntry& table = reading.table;
    RECOVER_TRY(connect(table.database));
    if (thorough) RECOVER_TRY(connection_->query("BEGIN ISOLATION LEVEL REPEATABLE READ", cancel_));
    const bool lengths = thorough && !table.length.empty();
    const Rows counted = RECOVER_TRY(connection_->query(
        "SELECT count(*)" + (lengths ? ", " + table.length : "") + from_clause(table), cancel_));
    reading.rows = number(counted.at(0), 0);
    if (lengths) reading.value_bytes = number(counted.at(0), 1);
    if (!thorough) return {};
    RECOVER_TRY(count_by_index(reading));
    RECOVER_TRY(connection_->query("COMMIT", cancel_));
    return {};
  }

  /// An entry that points behind the end of the table fails the query, or is counted where the visibility
  /// map says that nobody has to look.
  Result<void> count_by_index(TableReading& reading) {
    const std::string count = "SELECT count(*)" + from_clause(reading.table);
    const Rows lines = RECOVER_TRY(connection_->query(index_settings + ("EXPLAIN " + count), cancel_));
    const bool by_index = std::any_of(lines.begin(), lines.end(), [](const Row& line) {
      return line.at(0).value_or("").find("->  Index Only Scan using ") != std::string::npos;
    });
    if (!by_index) return {};
    const Rows counted = RECOVER_TRY(connection_->query(count, cancel_));
    reading.index_rows = number(counted.at(0), 0);
    return {};
  }

  Result<void> connect(const std::string& database) {
    if (connection_ && database_ == database) return {};
    connection_.reset();
    connection_ = RECOVER_TRY(Connection::open(endpoint_, database, cancel_));
    RECOVER_TRY(connection_->query(scan_settings, cancel_));
    database_ = database;
    return {};
  }

  const Endpoint& endpoint_;
  const CancellationToken& cancel_;
  std::optional<Connection> connection_;
  std::string database_;
};

}  // namespace

Result<std::vector<TableReading>> read_tables(const std::vector<TableEntry>& tables, bool thorough,
                                              unsigned jobs, const Endpoint& endpoint, StepContext& context) {
  std::vector<TableReading> readings(tables.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    Worker worker(endpoint, context.cancel);
    for (std::size_t i = next++; i < tables.size() && !context.cancel.is_cancelled(); i = next++) {
      context.progress.detail(tables[i].database + "." + display_name(tables[i]));
      readings[i] = worker.read(tables[i], thorough);
      context.progress.advance(Bytes{tables[i].bytes});
    }
  };
  {
    std::vector<std::jthread> workers;
    const std::size_t count =
        std::min<std::size_t>(std::max(jobs, 1U), std::max<std::size_t>(tables.size(), 1));
    for (std::size_t i = 0; i < count; ++i) workers.emplace_back(work);
  }
  RECOVER_TRY(context.cancel.check());
  return readings;
}

bool lacks_library(const Error& failure) {
  return failure.cause.find("could not access file") != std::string::npos ||
         failure.cause.find("could not load library") != std::string::npos;
}

}  // namespace recover::postgresql
