// Talking to a server. What a session in a server of ours refuses: libraries and roles that ALTER ROLE or
// ALTER DATABASE would load or set, login event triggers (17 and newer), writing, and names resolved through
// a search path of the data. Options of the connection outrank those settings (reference: "SET configuration
// parameters", precedence of client options). A running server of somebody else keeps its own settings: many
// of them only a superuser may change. Everything is asynchronous so that a request to stop reaches a
// statement that runs for hours.
#include "postgresql/connection.hpp"

#include "postgresql/connection_failure.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/server_error.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace recover::postgresql {

namespace {

constexpr int poll_milliseconds = 200;

std::string trimmed(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

/// A server of ours is started with as much.
std::string memory_for_indexes(const Endpoint& endpoint) {
  return " -c maintenance_work_mem=" + memory_setting(endpoint.index_memory);
}

std::string session_options(const Endpoint& endpoint, Purpose purpose) {
  std::string options =
      "-c statement_timeout=0 -c standard_conforming_strings=on "
      "-c default_transaction_isolation=read\\ committed "
      "-c lock_timeout=" +
      std::to_string(endpoint.lock_timeout * 1000);
  options += purpose == Purpose::inspection
                 ? " -c default_transaction_read_only=on -c search_path="
                 : " -c default_transaction_read_only=off -c synchronous_commit=off "
                   "-c idle_in_transaction_session_timeout=0 -c client_min_messages=warning";
  if (!endpoint.is_ours()) return options + (purpose == Purpose::loading ? memory_for_indexes(endpoint) : "");
  options += " -c session_preload_libraries= -c local_preload_libraries= -c role=none -c lc_messages=C";
  if (endpoint.major >= 17) options += " -c event_triggers=off";
  return options;
}

/// What libpq is told: names and values of its connection parameters.
std::vector<std::pair<std::string, std::string>> connection_parameters(const Endpoint& endpoint,
                                                                       const std::string& database,
                                                                       Purpose purpose) {
  auto parameters = endpoint.parameters;
  if (endpoint.is_ours()) {
    parameters = {{"host", endpoint.sockets},   {"port", "5432"},
                  {"user", endpoint.superuser}, {"requirepeer", endpoint.server_owner},
                  {"sslmode", "disable"},       {"gssencmode", "disable"}};
  }
  parameters.emplace_back("dbname", database);
  parameters.emplace_back("application_name", endpoint.application);
  parameters.emplace_back("options", session_options(endpoint, purpose));
  return parameters;
}

std::string place_of(const Endpoint& endpoint) {
  if (endpoint.is_ours()) return endpoint.sockets;
  for (const auto& [name, value] : endpoint.parameters) {
    if (name == "host") return value;
  }
  return "the server";
}

/// In the usual words, whatever verbosity the connection has at the moment.
void remember(void* notices, const PGresult* notice) {
  const std::unique_ptr<char, decltype(&PQfreemem)> words(
      PQresultVerboseErrorMessage(notice, PQERRORS_DEFAULT, PQSHOW_CONTEXT_NEVER), PQfreemem);
  static_cast<std::vector<std::string>*>(notices)->push_back(trimmed(words.get()));
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

/// The number in the command tag ("INSERT 0 7"); SELECT has one too, which is no change.
std::uint64_t rows_touched(const pg_result& result) {
  auto& tagged = const_cast<pg_result&>(result);  // libpq's readers take it so and do not write
  if (PQresultStatus(&result) == PGRES_TUPLES_OK) return 0;
  return std::strtoull(PQcmdTuples(&tagged), nullptr, 10);
}

}  // namespace

std::string memory_setting(std::int64_t bytes) {
  constexpr std::int64_t kilobyte = 1024;
  return std::to_string(std::clamp<std::int64_t>(bytes / kilobyte, kilobyte, 2147483647)) + "kB";
}

std::string text(const Row& row, std::size_t column) {
  return row.at(column).value_or("");
}

std::uint64_t number(const Row& row, std::size_t column) {
  return std::strtoull(text(row, column).c_str(), nullptr, 10);
}

Error statement_error(std::string_view sql, const pg_result* result, pg_conn* connection) {
  constexpr std::size_t shown = 200;
  const char* state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const char* primary = result != nullptr ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
  const char* detail = result != nullptr ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : nullptr;
  std::string cause = primary != nullptr ? primary : trimmed(PQerrorMessage(connection));
  if (detail != nullptr) cause += " (" + std::string(detail) + ")";
  const char* silent = PQstatus(connection) == CONNECTION_BAD ? connection_lost_state : "";
  return make_error(errors::query_failed, std::string(sql.substr(0, shown)), cause)
      .with("sqlstate", std::string(state == nullptr ? silent : state));
}

void Connection::Close::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

Result<Connection> Connection::open(const Endpoint& endpoint, const std::string& database,
                                    const CancellationToken& cancel, Purpose purpose) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto parameters = connection_parameters(endpoint, database, purpose);
  for (const auto& [name, value] : parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  Connection opened;
  opened.connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  RECOVER_TRY(
      opened.complete("database " + quoted_identifier(database) + " at " + place_of(endpoint), cancel));
  opened.is_ours_ = endpoint.is_ours();
  RECOVER_TRY(opened.speak_english(cancel));
  return opened;
}

/// The words of errors are shown, and names in them are looked at. In a server of ours the session's options
/// say so already, elsewhere only a superuser may.
Result<void> Connection::speak_english(const CancellationToken& cancel) {
  if (is_ours_ || !is_superuser()) return {};
  RECOVER_TRY(execute("SET lc_messages = 'C'", cancel));
  return {};
}

Result<void> Connection::reset(const CancellationToken& cancel) {
  RECOVER_TRY(execute("RESET SESSION AUTHORIZATION; RESET ALL", cancel));
  return speak_english(cancel);
}

Result<void> Connection::complete(const std::string& what, const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  if (raw == nullptr) return make_error(errors::connection_failed, what, "out of memory");
  PQsetNoticeReceiver(raw, remember, notices_.get());
  PQsetErrorVerbosity(raw, PQERRORS_VERBOSE);  // the only way to learn the SQLSTATE of a refused connection
  PostgresPollingStatusType status =
      PQstatus(raw) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
    RECOVER_TRY(wait_for(status == PGRES_POLLING_READING, cancel));
    status = PQconnectPoll(raw);
  }
  if (status != PGRES_POLLING_OK) return connection_failure(what, trimmed(PQerrorMessage(raw)));
  PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
  return {};
}

int Connection::major() const {
  constexpr int per_major = 10000;  // 150018 is 15.18
  return PQserverVersion(connection_.get()) / per_major;
}

bool Connection::is_superuser() const {
  const char* answer = PQparameterStatus(connection_.get(), "is_superuser");
  return answer != nullptr && std::string_view(answer) == "on";
}

Result<void> Connection::wait_for(bool reading, const CancellationToken& cancel) {
  const auto events = static_cast<short>(reading ? POLLIN : POLLOUT);
  while (true) {
    RECOVER_TRY(cancel.check());
    pollfd wait{PQsocket(connection_.get()), events, 0};
    if (::poll(&wait, 1, poll_milliseconds) != 0) return {};
  }
}

Result<void> Connection::wait_for_answer(const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  while (PQisBusy(raw) != 0) {
    if (auto go_on = wait_for(true, cancel); !go_on) {
      const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> handle(PQgetCancel(raw), PQfreeCancel);
      std::array<char, 256> why{};
      if (handle) PQcancel(handle.get(), why.data(), static_cast<int>(why.size()));
      return go_on;
    }
    if (PQconsumeInput(raw) == 0) break;  // the connection is gone; the result says why
  }
  return {};
}

Result<void> Connection::each_answer(std::string_view sql, const std::function<void(const pg_result&)>& take,
                                     const CancellationToken& cancel) {
  PGconn* raw = connection_.get();
  std::optional<Error> failure;
  while (true) {
    RECOVER_TRY(wait_for_answer(cancel));
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(raw), PQclear);
    if (!result) break;
    switch (PQresultStatus(result.get())) {
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY: take(*result); break;
      case PGRES_COPY_IN:  // nobody asked for it: a statement that we took for another one
        PQputCopyEnd(raw, "no rows follow");
        break;
      default:
        if (!failure) failure = statement_error(sql, result.get(), raw);
    }
  }
  if (failure) return *std::move(failure);
  return {};
}

Result<Rows> Connection::query(const std::string& sql, const CancellationToken& cancel) {
  Rows rows;
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0)
    return statement_error(sql, nullptr, connection_.get());
  RECOVER_TRY(each_answer(
      sql,
      [&](const pg_result& result) {
        if (PQresultStatus(&result) == PGRES_TUPLES_OK) rows = rows_of(&result);
      },
      cancel));
  return rows;
}

Result<std::uint64_t> Connection::execute(const std::string& sql, const CancellationToken& cancel) {
  std::uint64_t rows = 0;
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0)
    return statement_error(sql, nullptr, connection_.get());
  RECOVER_TRY(each_answer(
      sql, [&](const pg_result& result) { rows += rows_touched(result); }, cancel));
  return rows;
}

bool Connection::strings_conform() const {
  const char* value = PQparameterStatus(connection_.get(), "standard_conforming_strings");
  return value == nullptr || std::string_view(value) != "off";
}

Result<std::uint64_t> Connection::execute_single(const std::string& sql, const CancellationToken& cancel) {
  std::uint64_t rows = 0;
  if (PQsendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 0)
    return statement_error(sql, nullptr, connection_.get());
  RECOVER_TRY(each_answer(
      sql, [&](const pg_result& result) { rows += rows_touched(result); }, cancel));
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
