/// What a server says about sessions of ours: for whom they wait, and how far long statements are.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/watch/lock_wait.hpp"

#include <optional>
#include <string>
#include <vector>

namespace recover::postgresql::watch {

/// Sessions named `application` that wait for locks of others; the length of the waits is not known here.
/// Errors: as Connection::query().
Result<std::vector<LockWait>> lock_waits(Connection& connection, const std::string& application,
                                         const CancellationToken& cancel);

/// Rows of that question as waits: pid, database, query, mode, then of the blocker pid, user, application,
/// state, query, age. Pure.
std::vector<LockWait> waits_of(const Rows& rows);

/// Ends a session. Errors: as Connection::query().
Result<void> terminate(Connection& connection, int pid, const CancellationToken& cancel);

/// What sessions named `application` build and copy, in words: "building index orders_pkey: 43 %, copying
/// public.orders: 1,204,551 rows". Empty when nothing long is under way. Errors: as Connection::query().
Result<std::string> long_statements(Connection& connection, int major, const std::string& application,
                                    const CancellationToken& cancel);

/// One row of pg_stat_progress_create_index.
struct IndexBuild {
  std::string query;
  std::string phase;
  double blocks_done = 0;
  double blocks_total = 0;
  double tuples_done = 0;
  double tuples_total = 0;
};

/// Percent done over all phases of a build, or nothing where the server does not say. Pure.
std::optional<int> percent_built(const IndexBuild& build);

/// "building index orders_pkey: 43 %". Pure.
std::string build_text(const IndexBuild& build);

}  // namespace recover::postgresql::watch
