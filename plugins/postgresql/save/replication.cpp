// A replication connection is another thing than one to a database: it needs an attribute of the role, a line
// of pg_hba.conf of its own and a free WAL sender. Only trying shows whether all three are there. The
// password never stands in a command line, which everybody on the machine can read; the environment of a
// process only its owner can. Reference: the manual, "Streaming Replication Protocol" and "Environment
// Variables" of libpq.
#include "postgresql/save/replication.hpp"

#include "postgresql/connection_failure.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/server_error.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace recover::postgresql::save {

namespace {

constexpr int numbers_per_major = 10000;  // 150018 is 15.18
constexpr int connect_milliseconds = 15000;

using Handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;

bool is_secret(const std::string& name) {
  return name == "password" || name == "passfile";
}

std::string quoted_word(const std::string& value) {
  std::string quoted = "'";
  for (const char letter : value) {
    if (letter == '\'' || letter == '\\') quoted += '\\';
    quoted += letter;
  }
  return quoted + "'";
}

/// Waits until the connection stands or fails; libpq's own timeout does not hold here.
void complete(PGconn* connection) {
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
    ::pollfd waiting{PQsocket(connection),
                     static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    const int ready = ::poll(&waiting, 1, connect_milliseconds);
    if (ready == 0 || (ready < 0 && errno != EINTR)) return;
    status = PQconnectPoll(connection);
  }
}

Handle connect(const Endpoint& endpoint) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto add = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  for (const auto& [name, value] : endpoint.parameters) add(name.c_str(), value.c_str());
  add("replication", "true");
  add("application_name", endpoint.application.c_str());
  add(nullptr, nullptr);
  Handle handle(PQconnectStartParams(names.data(), values.data(), 0), PQfinish);
  if (!handle || PQstatus(handle.get()) == CONNECTION_BAD) return handle;
  PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);  // the only way to learn the SQLSTATE of a refusal
  complete(handle.get());
  return handle;
}

Error refused(const std::string& words) {
  const std::string what = "cannot copy the server";
  const Refusal refusal = refusal_of(words);
  const auto failed = [&](const ErrorKind& kind) {
    return make_error(kind, what, refusal.words).with("sqlstate", refusal.state);
  };
  if (refusal.state == "42501") return failed(errors::no_replication_right);
  if (refusal.state == "53300") return failed(errors::no_wal_senders);
  // The same state says "no line of pg_hba.conf" for every connection; the words name this one in English
  // only.
  if (refusal.state == "28000" && refusal.words.find("pg_hba.conf") != std::string::npos)
    return failed(errors::no_replication_access);
  return connection_failure(what, words);
}

}  // namespace

Result<ServerIdentity> identify(const Endpoint& endpoint) {
  const Handle handle = connect(endpoint);
  if (!handle || PQstatus(handle.get()) != CONNECTION_OK)
    return refused(handle ? PQerrorMessage(handle.get()) : "out of memory");
  const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(handle.get(), "IDENTIFY_SYSTEM"),
                                                             PQclear);
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) != 1)
    return refused(PQerrorMessage(handle.get()));
  ServerIdentity identity;
  identity.system_identifier = PQgetvalue(answer.get(), 0, 0);
  identity.major = PQserverVersion(handle.get()) / numbers_per_major;
  const char* version = PQparameterStatus(handle.get(), "server_version");
  const std::string words = version == nullptr ? std::to_string(identity.major) : version;
  identity.version = words.substr(0, words.find(' '));  // "15.20 (Debian 15.20-0+deb12u1)"
  return identity;
}

std::string connection_words(const Endpoint& endpoint) {
  std::string words;
  for (const auto& [name, value] : endpoint.parameters) {
    if (is_secret(name)) continue;
    words += (words.empty() ? "" : " ") + name + "=" + quoted_word(value);
  }
  return words;
}

std::vector<std::pair<std::string, std::string>> connection_environment(const Endpoint& endpoint) {
  std::vector<std::pair<std::string, std::string>> environment;
  for (const char* name : {"HOME", "PGPASSFILE", "PGSERVICEFILE", "PGSYSCONFDIR"}) {
    if (const char* value = std::getenv(name); value != nullptr) environment.emplace_back(name, value);
  }
  for (const auto& [name, value] : endpoint.parameters) {
    if (name == "password") environment.emplace_back("PGPASSWORD", value);
    if (name == "passfile") environment.emplace_back("PGPASSFILE", value);
  }
  return environment;
}

}  // namespace recover::postgresql::save
