// Talking to a server of our own through its private socket. What the session refuses: libraries and
// roles that ALTER ROLE or ALTER DATABASE would load or set, login event triggers (17 and newer),
// writing, and names resolved through a search path of the data. Options of the connection outrank
// those settings (reference: "SET configuration parameters", precedence of client options). Everything
// is asynchronous so that a request to stop reaches a statement that runs for hours. Connection
// failures carry no SQLSTATE in libpq: their text is the cause.
#include "postgresql/connection.hpp"

#include "postgresql/errors.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <array>

namespace recover::postgresql {

namespace {

constexpr int poll_milliseconds = 200;

std::string trimmed(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string session_options(int major) {
  std::string options =
      "-c session_preload_libraries= -c local_preload_libraries= -c default_transaction_read_only=on "
      "-c search_path= -c statement_timeout=0 -c lock_timeout=0 -c role=none -c lc_messages=C "
      "-c standard_conforming_strings=on -c default_transaction_isolation=read\\ committed";
  if (major >= 17) options += " -c event_triggers=off";
  return options;
}

void remember(void* notices, const char* message) {
  static_cast<std::vector<std::string>*>(notices)->push_back(trimmed(message));
}

Rows rows_of(const PGresult* result) {
  Rows rows;
  const int columns = PQnfields(result);
  for (int row = 0; row < PQntuples(result); ++row) {
    Row& values = rows.emplace_back();
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        values.emplace_back();
      } else {
        values.emplace_back(std::string(PQgetvalue(result, row, column),
                                        static_cast<std::size_t>(PQgetlength(result, row, column))));
      }
    }
  }
  return rows;
}

Error query_error(const std::string& sql, const PGresult* result, PGconn* connection) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string cause = primary != nullptr ? primary : trimmed(PQerrorMessage(connection));
  if (const char* detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL)) {
    cause += " (" + std::string(detail) + ")";
  }
  return make_error(errors::query_failed, sql.substr(0, 200), cause)
      .with("sqlstate", std::string(state == nullptr ? "" : state));
}

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Result<Connection> Connection::open(const Endpoint& endpoint, const std::string& database,
                                    const CancellationToken& cancel) {
  const std::string options = session_options(endpoint.major);
  const std::array<const char*, 9> names{"host",    "port",        "user",       "dbname", "options",
                                         "sslmode", "requirepeer", "gssencmode", nullptr};
  const std::array<const char*, 9> values{endpoint.sockets.c_str(),
                                          "5432",
                                          endpoint.superuser.c_str(),
                                          database.c_str(),
                                          options.c_str(),
                                          "disable",
                                          endpoint.server_owner.c_str(),
                                          "disable",
                                          nullptr};
  Connection opened;
  opened.connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  PGconn* raw = opened.connection_.get();
  const std::string what = "database " + quoted_identifier(database) + " at " + endpoint.sockets;
  if (raw == nullptr) return make_error(errors::connection_failed, what, "out of memory");
  PQsetNoticeProcessor(raw, remember, opened.notices_.get());
  PostgresPollingStatusType status =
      PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
    RECOVER_TRY(opened.wait_for(status == PGRES_POLLING_READING, cancel));
    status = PQconnectPoll(raw);
  }
  if (status != PGRES_POLLING_OK)
    return make_error(errors::connection_failed, what, trimmed(PQerrorMessage(raw)));
  return opened;
}

Result<void> Connection::wait_for(bool reading, const CancellationToken& cancel) {
  const auto events = static_cast<short>(reading ? POLLIN : POLLOUT);
  while (true) {
    RECOVER_TRY(cancel.check());
    pollfd wait{PQsocket(connection_.get()), events, 0};
    if (::poll(&wait, 1, poll_milliseconds) != 0) return {};
  }
}

Result<Rows> Connection::query(const std::string& sql, const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  if (PQsendQuery(raw, sql.c_str()) == 0) {
    return make_error(errors::query_failed, sql.substr(0, 200), trimmed(PQerrorMessage(raw)));
  }
  Rows rows;
  std::optional<Error> failure;
  while (true) {
    while (PQisBusy(raw) != 0) {
      if (auto go_on = wait_for(true, cancel); !go_on) {
        const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> handle(PQgetCancel(raw), PQfreeCancel);
        std::array<char, 256> why{};
        if (handle) PQcancel(handle.get(), why.data(), static_cast<int>(why.size()));
        return std::move(go_on).error();
      }
      if (PQconsumeInput(raw) == 0) break;  // the connection is gone; the result says why
    }
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(raw), PQclear);
    if (!result) break;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_TUPLES_OK) {
      rows = rows_of(result.get());
    } else if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY && !failure) {
      failure = query_error(sql, result.get(), raw);
    }
  }
  if (failure) return *std::move(failure);
  return rows;
}

std::vector<std::string> Connection::take_notices() {
  return std::exchange(*notices_, {});
}

std::string quoted_identifier(const std::string& name) {
  std::string quoted = "\"";
  for (const char letter : name) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return quoted + '"';
}

std::string quoted_literal(const std::string& text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') quoted += '\'';
    quoted += letter;
  }
  return quoted + '\'';
}

}  // namespace recover::postgresql
