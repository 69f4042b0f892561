/// One connection to a server that runs on recovered data. The data is not trusted: the session refuses
/// what the catalog would load or fire, and it is read-only.
#pragma once

#include "recover/cancel.hpp"
#include "recover/result.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pg_conn;

namespace recover::postgresql {

/// Where and as whom to connect.
struct Endpoint {
  std::string sockets;       ///< directory of the server's socket
  std::string superuser;     ///< role name
  std::string server_owner;  ///< system user the server must run as; empty = not checked
  int major = 0;
};

/// The rows of one answer; nothing = SQL NULL.
using Row = std::vector<std::optional<std::string>>;
using Rows = std::vector<Row>;

class Connection {
 public:
  /// Errors: postgresql.connection_failed (cause: the server's words), run.cancelled.
  static Result<Connection> open(const Endpoint& endpoint, const std::string& database,
                                 const CancellationToken& cancel);

  /// Runs one or several statements and returns the rows of the last one. Cancelling cancels the
  /// statement on the server. Errors: postgresql.query_failed with fact "sqlstate", run.cancelled.
  Result<Rows> query(const std::string& sql, const CancellationToken& cancel);

  /// Warnings the server sent since the last call (a collation that changed says so at connect).
  std::vector<std::string> take_notices();

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  Connection() = default;
  Result<void> wait_for(bool reading, const CancellationToken& cancel);

  // Notices arrive through a pointer that libpq keeps, so their place must not move with us.
  std::unique_ptr<std::vector<std::string>> notices_ = std::make_unique<std::vector<std::string>>();
  std::unique_ptr<pg_conn, Close> connection_;
};

/// An SQL identifier in quotes, with quotes inside doubled.
std::string quoted_identifier(const std::string& name);
/// An SQL string literal (standard_conforming_strings is on in our sessions).
std::string quoted_literal(const std::string& text);

}  // namespace recover::postgresql
