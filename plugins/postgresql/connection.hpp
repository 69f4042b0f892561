/// One connection to a server: of ours, or a running one that others use. In a server of ours the data is not
/// trusted: an inspecting session refuses what the catalog would load or fire, and it is read-only; a loading
/// session may write, and does not wait for the disk, because nothing of it counts before everything was made
/// durable.
#pragma once

#include "recover/cancel.hpp"
#include "recover/error.hpp"
#include "recover/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pg_conn;
struct pg_result;

namespace recover::postgresql {

/// Memory for building an index where nobody says otherwise. Every connection that loads may use as much.
constexpr std::int64_t usual_index_memory = std::int64_t{256} << 20;

/// A value of maintenance_work_mem. The server's bounds: 1 MB (65536 bytes only since 17) and 2147483647 kB.
std::string memory_setting(std::int64_t bytes);

/// Where and as whom to connect.
struct Endpoint {
  std::string sockets;       ///< directory of the server's socket
  std::string superuser;     ///< role name
  std::string server_owner;  ///< system user the server must run as; empty = not checked
  int major = 0;
  std::string application = "recover";  ///< by which our sessions are known among those of others
  /// Of a running server that is not ours, in libpq's words (host, port, user, sslmode, passfile ...). Empty:
  /// a server of ours, reached through `sockets`.
  std::vector<std::pair<std::string, std::string>> parameters = {};
  std::int64_t lock_timeout = 0;  ///< seconds to wait for locks of other sessions; 0 = without end
  std::int64_t index_memory = usual_index_memory;  ///< bytes for building an index in a loading session

  [[nodiscard]] bool is_ours() const { return parameters.empty(); }
};

/// The rows of one answer; nothing = SQL NULL.
using Row = std::vector<std::optional<std::string>>;
using Rows = std::vector<Row>;

/// The value in a column; empty where it is NULL.
std::string text(const Row& row, std::size_t column);
/// The same as a number; 0 where it is NULL.
std::uint64_t number(const Row& row, std::size_t column);

/// What a session is for.
enum class Purpose { inspection, loading };

class Connection {
 public:
  /// Errors: postgresql.connection_failed (cause: the server's words; fact "sqlstate") or what the failure
  /// means (connection_failure.hpp), run.cancelled.
  static Result<Connection> open(const Endpoint& endpoint, const std::string& database,
                                 const CancellationToken& cancel, Purpose purpose = Purpose::inspection);

  /// Runs one or several statements and returns the rows of the last one. Cancelling cancels the
  /// statement on the server. Errors: postgresql.query_failed with fact "sqlstate", run.cancelled.
  Result<Rows> query(const std::string& sql, const CancellationToken& cancel);

  /// Runs one or several statements and returns how many rows they inserted, updated or deleted. Errors: as
  /// query().
  Result<std::uint64_t> execute(const std::string& sql, const CancellationToken& cancel);

  /// Runs exactly one statement of foreign origin: the server itself refuses a second one behind it, whatever
  /// we took for its end. Otherwise as execute().
  Result<std::uint64_t> execute_single(const std::string& sql, const CancellationToken& cancel);

  /// Runs exactly one statement of foreign origin and then `ours`, both in one transaction of their own (or
  /// in the one that is open): both happened or neither. What cannot run inside a transaction ends before
  /// `ours` begins. Returns the rows of the foreign one. Errors: as query(); which of the two it was tells
  /// the beginning of Error::what.
  Result<std::uint64_t> execute_with(const std::string& sql, const std::string& ours,
                                     const CancellationToken& cancel);

  /// Is a transaction open that nobody has ended?
  [[nodiscard]] bool in_transaction() const;

  /// Takes back every setting and role of the session. Errors: as query().
  Result<void> reset(const CancellationToken& cancel);

  /// How the session reads backslashes in strings at this moment (standard_conforming_strings).
  [[nodiscard]] bool strings_conform() const;

  /// Begins COPY ... FROM stdin; then put() whole rows, at last end_copy(), which returns the rows that the
  /// server took. Errors: as query(); what is wrong with a row is told by end_copy().
  Result<void> begin_copy(const std::string& sql, const CancellationToken& cancel);
  Result<void> put(std::string_view rows, const CancellationToken& cancel);
  Result<std::uint64_t> end_copy(const CancellationToken& cancel);

  /// Runs COPY ... TO stdout and hands over every row, with its newline. Errors: as query().
  Result<void> copy_out(const std::string& sql, const std::function<void(std::string_view row)>& take,
                        const CancellationToken& cancel);

  /// Major version of the server: 15 for 15.18.
  [[nodiscard]] int major() const;
  /// Has this session's role all rights?
  [[nodiscard]] bool is_superuser() const;

  /// Warnings the server sent since the last call (a collation that changed says so at connect).
  std::vector<std::string> take_notices();

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  Connection() = default;
  Result<void> complete(const std::string& what, const CancellationToken& cancel);
  Result<void> speak_english(const CancellationToken& cancel);
  Result<void> wait_for(bool reading, const CancellationToken& cancel);
  Result<void> wait_for_answer(const CancellationToken& cancel);
  Result<void> each_answer(std::string_view sql, const std::function<void(const pg_result&)>& take,
                           const CancellationToken& cancel);

  // Notices arrive through a pointer that libpq keeps, so their place must not move with us.
  std::unique_ptr<std::vector<std::string>> notices_ = std::make_unique<std::vector<std::string>>();
  std::unique_ptr<pg_conn, Close> connection_;
  bool is_ours_ = true;
};

/// What the server says of a failed statement; `sql` is shortened. Facts: "sqlstate".
Error statement_error(std::string_view sql, const pg_result* result, pg_conn* connection);

/// An SQL identifier in quotes, with quotes inside doubled.
std::string quoted_identifier(const std::string& name);
/// An SQL string literal (standard_conforming_strings is on in our sessions).
std::string quoted_literal(const std::string& text);

}  // namespace recover::postgresql
