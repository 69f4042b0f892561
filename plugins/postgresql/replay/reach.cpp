// The log is read as the server will replay it: from the start of the backup, along one line of timelines,
// to the record where recovery would stop. What the server decides while it replays (recoveryStopsBefore and
// recoveryStopsAfter in access/transam/xlogrecovery.c) is decided here beforehand, so that a point which
// cannot be reached is refused before anything is copied.
#include "postgresql/replay/reach.hpp"

#include "postgresql/replay/log_events.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace recover::postgresql {

namespace {

constexpr std::int64_t per_second = 1000000;
constexpr std::size_t most_marks = 100;

/// Watches the records go by.
class Reading {
 public:
  Reading(const WalNeed& need, const PointWishes* point, Reach& reach)
      : need_(need), point_(point), reach_(reach) {
    if (point_ == nullptr) return;
    position_ = parse_lsn(point_->position);
    std::from_chars(point_->transaction.data(), point_->transaction.data() + point_->transaction.size(),
                    transaction_);
  }

  /// False when replay would end here.
  bool see(const WalRecord& record) {
    const auto ended = transaction_end(record);
    const auto mark = restore_point(record);
    if (point_ != nullptr) look_for_point(record, ended, mark);
    if (reach_.stop) return false;
    if (ended) {
      reach_.has_prepared = reach_.has_prepared || ended->is_prepared;
      reach_.end_time = ended->time;
    }
    if (!reach_.consistent) look_for_consistency(record);
    if (reach_.consistent && mark && reach_.marks.size() < most_marks) reach_.marks.push_back(*mark);
    const bool is_point = point_ != nullptr && point_->consistent && reach_.consistent;
    if (is_point) reach_.stop = record.end;
    return !is_point;
  }

 private:
  void look_for_consistency(const WalRecord& record) {
    if (need_.backup_start) saw_backup_end_ = saw_backup_end_ || ends_backup(record, *need_.backup_start);
    const bool reaches_last = !need_.last || record.end >= *need_.last;
    if (!reaches_last || (need_.backup_start && !saw_backup_end_)) return;
    reach_.consistent = record.end;
    reach_.consistent_time = reach_.end_time;
  }

  void look_for_point(const WalRecord& record, const std::optional<TransactionEnd>& ended,
                      const std::optional<std::string>& mark) {
    const Lsn here = point_->inclusive ? record.end : record.start;
    if (ended && point_->time) {
      const bool is_behind = point_->inclusive ? ended->time > *point_->time : ended->time >= *point_->time;
      if (is_behind) reach_.stop = record.start;
    } else if (ended && !ended->is_prepared && transaction_ != 0 && record.transaction == transaction_) {
      reach_.stop = here;
    } else if (position_ && record.start >= *position_) {
      reach_.stop = here;
    } else if (mark && !point_->name.empty() && *mark == point_->name) {
      reach_.stop = record.end;
    }
  }

  const WalNeed& need_;
  const PointWishes* point_;
  Reach& reach_;
  std::optional<Lsn> position_;
  std::uint32_t transaction_ = 0;
  bool saw_backup_end_ = false;
};

}  // namespace

Reach reach_of(const WalNeed& need, const GatheredWal& wal, const Lineage& lineage,
               const WalIdentity& identity, Tree& tree, std::uint64_t budget, const PointWishes* point) {
  Reach reach;
  reach.timeline = lineage.newest();
  Reading reading(need, point, reach);
  WalRange range{need.first, need.timeline, budget, std::nullopt, &lineage, {}};
  range.visit = [&](const WalRecord& record) { return reading.see(record); };
  const WalWalk walk = walk_wal(tree, wal.files, identity, range);
  reach.end = walk.end;
  reach.goes_on = walk.gave_up;
  reach.ended_because = walk.stopped_because;
  reach.last_segment = wal.files.number_of(Lsn{std::max(walk.end.value, std::uint64_t{1}) - 1});
  if (reach.stop) return reach;
  const std::uint64_t stopped_in = wal.files.number_of(walk.end);
  const bool is_hole = walk.segment_missing && wal.files.newest(lineage).value_or(0) > stopped_in;
  if (!walk.gave_up && (is_hole || !reach.consistent)) {
    const auto timelines = lineage.of_segment(stopped_in, wal.files.segment_size());
    reach.missing = wal.files.name_of(stopped_in, timelines.empty() ? need.timeline : timelines.front());
  }
  return reach;
}

std::vector<Lineage> lineages_of(const WalNeed& need, const GatheredWal& wal, Tree& tree) {
  constexpr std::size_t longest_history = std::size_t{1} << 20;
  const Lsn from = need.last.value_or(need.first);
  std::vector<Lineage> lineages;
  bool has_own = false;
  for (const auto& [timeline, file] : wal.files.histories()) {
    const auto lineage = parse_history(timeline, read_whole(tree, file.path, longest_history));
    if (!lineage || !lineage->holds(need.timeline, from)) continue;
    has_own = has_own || timeline == need.timeline;
    lineages.push_back(*lineage);
  }
  if (!has_own) lineages.insert(lineages.begin(), Lineage(need.timeline));
  return lineages;
}

std::string instant_text(std::int64_t microseconds) {
  std::int64_t seconds = microseconds / per_second;
  std::int64_t rest = microseconds % per_second;
  if (rest < 0) {
    rest += per_second;
    --seconds;
  }
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)), rest);
}

}  // namespace recover::postgresql
