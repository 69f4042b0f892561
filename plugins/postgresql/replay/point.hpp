/// A point in time: whether the log reaches it, what the server is told, and the proof that it got there.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/replay/reach.hpp"
#include "recover/engine.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql {

namespace replay_fact {
inline constexpr auto kind = "point_kind";            ///< text: time, lsn, xid, name, immediate, end
inline constexpr auto value = "point_value";          ///< text, as the server takes it
inline constexpr auto time = "point_microseconds";    ///< number: since the epoch
inline constexpr auto inclusive = "point_inclusive";  ///< flag
inline constexpr auto stop = "point_stop";            ///< text: where the log says that replay will stop
inline constexpr auto settings = "point_settings";    ///< list: "recovery_target_...=value"
}  // namespace replay_fact

/// True when this plan's replay ends at a point that was asked for.
bool goes_to_point(const Facts& facts);

/// Looks for the point in the log that was found for `finding`, as the scan left it, and notes in `facts` how
/// to get there (point_fact, replay_fact, and what of the log must be placed). Otherwise why it is not
/// reached: usage.invalid, postgresql.point_not_reachable, postgresql.point_too_early,
/// postgresql.point_needs_backup, postgresql.timeline_unknown, postgresql.wal_missing.
std::optional<Error> settle_point(const Finding& finding, const PointWishes& point, const Survey& survey,
                                  Tree& tree, Facts& facts);

/// What a server that replays is started with, from 12 on.
std::vector<std::pair<std::string, std::string>> replay_settings(const Facts& facts);

/// The same as lines of recovery.conf, for versions before 12.
std::string old_replay_text(const Facts& facts);

/// Asks the server on `data` that has replayed, its log and its timeline's history where replay ended.
Result<Check> check_point(const Plan& plan, const std::string& data, const std::string& log,
                          Connection& connection, StepContext& context);

}  // namespace recover::postgresql
