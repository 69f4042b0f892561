// COPY in both directions. While rows are sent nothing is read from the server: what it has against one of
// them it says at the end, and until then it discards what follows (reference: the manual's chapter on the
// protocol, "COPY Operations").
#include "postgresql/connection.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <optional>

namespace recover::postgresql {

namespace {

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr std::size_t most_at_once = std::size_t{1} << 20;  // cancelling is noticed between two of them

}  // namespace

Result<void> Connection::begin_copy(const std::string& sql, const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  if (PQsendQueryParams(raw, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 0)
    return statement_error(sql, nullptr, raw);
  RECOVER_TRY(wait_for_answer(cancel));
  const Answer answer(PQgetResult(raw), PQclear);
  if (PQresultStatus(answer.get()) == PGRES_COPY_IN) return {};
  const Error failure = statement_error(sql, answer.get(), raw);
  while (const Answer rest{PQgetResult(raw), PQclear}) {
  }
  return failure;
}

Result<void> Connection::put(std::string_view rows, const CancellationToken& cancel) {
  while (!rows.empty()) {
    RECOVER_TRY(cancel.check());
    const std::string_view part = rows.substr(0, most_at_once);
    if (PQputCopyData(connection_.get(), part.data(), static_cast<int>(part.size())) != 1) {
      return statement_error("COPY", nullptr, connection_.get());
    }
    rows.remove_prefix(part.size());
  }
  return {};
}

Result<std::uint64_t> Connection::end_copy(const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  if (PQputCopyEnd(raw, nullptr) != 1) return statement_error("COPY", nullptr, raw);
  std::uint64_t rows = 0;
  std::optional<Error> failure;
  while (true) {
    RECOVER_TRY(wait_for_answer(cancel));
    const Answer answer(PQgetResult(raw), PQclear);
    if (!answer) break;
    if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) {
      rows += std::strtoull(PQcmdTuples(answer.get()), nullptr, 10);
    } else if (!failure) {
      failure = statement_error("COPY", answer.get(), raw);
    }
  }
  if (failure) return *std::move(failure);
  return rows;
}

Result<void> Connection::copy_out(const std::string& sql,
                                  const std::function<void(std::string_view row)>& take,
                                  const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  if (PQsendQuery(raw, sql.c_str()) == 0) return statement_error(sql, nullptr, raw);
  RECOVER_TRY(wait_for_answer(cancel));
  std::optional<Error> failure;
  while (const Answer answer{PQgetResult(raw), PQclear}) {
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_COPY_OUT) {
      char* row = nullptr;
      for (int length = PQgetCopyData(raw, &row, 1); length >= 0; length = PQgetCopyData(raw, &row, 1)) {
        if (length == 0) {  // nothing has arrived yet
          RECOVER_TRY(wait_for(true, cancel));
          if (PQconsumeInput(raw) == 0) break;
          continue;
        }
        const std::unique_ptr<char, decltype(&PQfreemem)> owner(row, PQfreemem);
        take({row, static_cast<std::size_t>(length)});
      }
    } else if (status != PGRES_COMMAND_OK && !failure) {
      failure = statement_error(sql, answer.get(), raw);
    }
    RECOVER_TRY(wait_for_answer(cancel));
  }
  if (failure) return *std::move(failure);
  return {};
}

}  // namespace recover::postgresql
