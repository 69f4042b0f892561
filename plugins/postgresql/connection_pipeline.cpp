// Two statements in one round trip that happen together. Everything between two Sync messages of the extended
// protocol is one transaction (reference: the manual's chapter on the protocol, "Pipelining"), and the first
// statement of such a row may be one that commits by itself (CREATE DATABASE, VACUUM): the server ends it
// before it begins the next.
#include "postgresql/connection.hpp"

#include <libpq-fe.h>

#include <array>
#include <cstdlib>

namespace recover::postgresql {

namespace {

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

bool send(PGconn* connection, const std::string& sql) {
  return PQsendQueryParams(connection, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
}

}  // namespace

bool Connection::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

Result<std::uint64_t> Connection::execute_with(const std::string& sql, const std::string& ours,
                                               const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  const std::array<const std::string*, 2> statements{&sql, &ours};
  const bool sent =
      PQenterPipelineMode(raw) == 1 && send(raw, sql) && send(raw, ours) && PQpipelineSync(raw) == 1;
  if (!sent) return statement_error(sql, nullptr, raw);
  std::uint64_t rows = 0;
  std::optional<Error> failure;
  std::size_t at = 0;
  while (true) {
    RECOVER_TRY(wait_for_answer(cancel));
    const Answer answer(PQgetResult(raw), PQclear);
    if (!answer) {  // the end of one of them
      if (PQstatus(raw) == CONNECTION_BAD) break;
      at = 1;
      continue;
    }
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_COMMAND_OK && at == 0) {
      rows = std::strtoull(PQcmdTuples(answer.get()), nullptr, 10);
    } else if (status == PGRES_FATAL_ERROR && !failure) {
      failure = statement_error(*statements[at], answer.get(), raw);
    }
  }
  PQexitPipelineMode(raw);
  if (failure) return *std::move(failure);
  if (PQstatus(raw) == CONNECTION_BAD) return statement_error(sql, nullptr, raw);
  return rows;
}

}  // namespace recover::postgresql
