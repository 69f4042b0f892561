// The proof that rows are there: every table is read to its end by a sequential scan (index scans are
// switched off, or count(*) could be answered without touching the table). Each worker keeps one
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

class Worker {
 public:
  Worker(const Endpoint& endpoint, const CancellationToken& cancel) : endpoint_(endpoint), cancel_(cancel) {}

  TableReading read(const TableEntry& table, bool values) {
    TableReading reading{table, 0, std::nullopt, std::nullopt};
    if (auto counted = count(table, values); counted) {
      const Row& row = counted->at(0);
      reading.rows = std::strtoull(row.at(0).value_or("0").c_str(), nullptr, 10);
      if (row.size() > 1) reading.value_bytes = std::strtoull(row[1].value_or("0").c_str(), nullptr, 10);
    } else {
      reading.failure = std::move(counted).error();
      connection_.reset();  // it may be broken; the next table gets a fresh one
    }
    return reading;
  }

 private:
  Result<Rows> count(const TableEntry& table, bool values) {
    if (!connection_ || database_ != table.database) {
      connection_.reset();
      connection_ = RECOVER_TRY(Connection::open(endpoint_, table.database, cancel_));
      RECOVER_TRY(connection_->query(scan_settings, cancel_));
      database_ = table.database;
    }
    const bool lengths = values && !table.length.empty();
    return connection_->query("SELECT count(*)" + (lengths ? ", " + table.length : "") + " FROM ONLY " +
                                  quoted_identifier(table.schema) + "." + quoted_identifier(table.name),
                              cancel_);
  }

  const Endpoint& endpoint_;
  const CancellationToken& cancel_;
  std::optional<Connection> connection_;
  std::string database_;
};

}  // namespace

Result<std::vector<TableReading>> read_tables(const std::vector<TableEntry>& tables, bool values,
                                              unsigned jobs, const Endpoint& endpoint, StepContext& context) {
  std::vector<TableReading> readings(tables.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    Worker worker(endpoint, context.cancel);
    for (std::size_t i = next++; i < tables.size() && !context.cancel.is_cancelled(); i = next++) {
      context.progress.detail(tables[i].database + "." + display_name(tables[i]));
      readings[i] = worker.read(tables[i], values);
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
