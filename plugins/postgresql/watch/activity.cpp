// The questions to a server at work. pg_blocking_pids() takes the lock that every lock needs, so it is asked
// only for sessions that wait, and at most once a second (the manual, "Session Information Functions"). Views
// of progress: index builds since version 12, COPY since 14; COPY FROM STDIN has no total there, so rows are
// told.
#include "postgresql/watch/activity.hpp"

#include "postgresql/dump/statement.hpp"
#include "postgresql/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace recover::postgresql::watch {

namespace {

constexpr int first_with_index_builds = 12;
constexpr int first_with_copies = 14;
constexpr std::size_t most_shown = 3;

double number_of(const Row& row, std::size_t column) {
  return std::strtod(text(row, column).c_str(), nullptr);
}

double share(double done, double total) {
  return total > 0 ? std::clamp(done / total, 0.0, 1.0) : 0;
}

Result<std::vector<std::string>> builds(Connection& connection, const std::string& application,
                                        const CancellationToken& cancel) {
  const Rows rows = RECOVER_TRY(connection.query(
      "SELECT a.query, p.phase, p.blocks_done, p.blocks_total, p.tuples_done, p.tuples_total "
      "FROM pg_catalog.pg_stat_progress_create_index p JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid "
      "WHERE a.application_name = " +
          quoted_literal(application) + " ORDER BY a.query_start",
      cancel));
  std::vector<std::string> texts;
  for (const Row& row : rows) {
    texts.push_back(build_text({text(row, 0), text(row, 1), number_of(row, 2), number_of(row, 3),
                                number_of(row, 4), number_of(row, 5)}));
  }
  return texts;
}

Result<std::vector<std::string>> copies(Connection& connection, const std::string& application,
                                        const CancellationToken& cancel) {
  const Rows rows = RECOVER_TRY(
      connection.query("SELECT a.query, p.tuples_processed FROM pg_catalog.pg_stat_progress_copy p "
                       "JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid WHERE a.application_name = " +
                           quoted_literal(application) + " ORDER BY a.query_start",
                       cancel));
  std::vector<std::string> texts;
  for (const Row& row : rows) {
    texts.push_back(fmt::format("copying {}: {} rows", dump::describe(text(row, 0)).object,
                                with_separators(static_cast<std::uint64_t>(number_of(row, 1)))));
  }
  return texts;
}

}  // namespace

std::vector<LockWait> waits_of(const Rows& rows) {
  std::vector<LockWait> waits;
  for (const Row& row : rows) {
    const int pid = static_cast<int>(number_of(row, 0));
    if (waits.empty() || waits.back().pid != pid)
      waits.push_back({pid, text(row, 1), text(row, 3), text(row, 2), 0, {}});
    waits.back().blockers.push_back({static_cast<int>(number_of(row, 4)), text(row, 5), text(row, 6),
                                     text(row, 7), text(row, 8), number_of(row, 9)});
  }
  return waits;
}

Result<std::vector<LockWait>> lock_waits(Connection& connection, const std::string& application,
                                         const CancellationToken& cancel) {
  const std::string ours = quoted_literal(application);
  // Sessions of ours wait for each other as a matter of course. A prepared transaction has no session: pid 0.
  return waits_of(RECOVER_TRY(connection.query(
      "SELECT DISTINCT w.pid, w.datname, left(w.query, 200), "
      "(SELECT l.mode FROM pg_catalog.pg_locks l WHERE l.pid = w.pid AND NOT l.granted LIMIT 1), "
      "b.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(a.state, a.backend_type), "
      "CASE WHEN b.pid = 0 THEN (SELECT pg_catalog.string_agg(x.gid, ', ') "
      "FROM pg_catalog.pg_prepared_xacts x WHERE x.database = w.datname) ELSE left(a.query, 200) END, "
      "round(extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, "
      "a.query_start))::numeric) "
      "FROM pg_catalog.pg_stat_activity w "
      "CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS b (pid) "
      "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid "
      "WHERE w.wait_event_type = 'Lock' AND w.application_name = " +
          ours + " AND a.application_name IS DISTINCT FROM " + ours + " ORDER BY w.pid, b.pid",
      cancel)));
}

Result<void> terminate(Connection& connection, int pid, const CancellationToken& cancel) {
  RECOVER_TRY(connection.query(fmt::format("SELECT pg_catalog.pg_terminate_backend({})", pid), cancel));
  return {};
}

Result<std::string> long_statements(Connection& connection, int major, const std::string& application,
                                    const CancellationToken& cancel) {
  std::vector<std::string> texts;
  if (major >= first_with_index_builds) texts = RECOVER_TRY(builds(connection, application, cancel));
  if (major >= first_with_copies) {
    auto more = RECOVER_TRY(copies(connection, application, cancel));
    texts.insert(texts.end(), more.begin(), more.end());
  }
  const std::size_t hidden = texts.size() - std::min(texts.size(), most_shown);
  texts.resize(texts.size() - hidden);
  return fmt::format("{}{}", fmt::join(texts, ", "), hidden > 0 ? fmt::format(", {} more", hidden) : "");
}

/// A build reads the table, sorts, and writes the tree (src/backend/access/nbtree/nbtsort.c); the shares of
/// time are those seen on tables of some gigabytes.
std::optional<int> percent_built(const IndexBuild& build) {
  constexpr double reading = 55;
  constexpr double sorting = 15;
  constexpr double writing = 30;
  if (build.phase.find("scanning table") != std::string::npos)
    return static_cast<int>(reading * share(build.blocks_done, build.blocks_total));
  if (build.phase.find("sorting") != std::string::npos) return static_cast<int>(reading);
  if (build.phase.find("loading tuples") != std::string::npos)
    return static_cast<int>(reading + sorting + writing * share(build.tuples_done, build.tuples_total));
  // Other kinds of indexes have no phases, but count blocks.
  if (build.phase.starts_with("building index") && build.blocks_total > 0)
    return static_cast<int>(100 * share(build.blocks_done, build.blocks_total));
  return std::nullopt;
}

std::string build_text(const IndexBuild& build) {
  const dump::Statement statement = dump::describe(build.query);
  const std::string name = statement.name.empty() ? "on " + statement.object : statement.name;
  const auto percent = percent_built(build);
  const std::string how_far = percent ? fmt::format("{} %", std::min(*percent, 99)) : build.phase;
  return "building index " + name + ": " + how_far;
}

}  // namespace recover::postgresql::watch
