/// Backups of the same database that were made one after the other: how often, and where some are missing.
#pragma once

#include "recover/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::scan {

/// Two backups of a series that are clearly further apart than usual.
struct SeriesGap {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint64_t missing = 0;  ///< how many would have been usual between them
  friend bool operator==(const SeriesGap&, const SeriesGap&) = default;
};

/// Times are seconds since the epoch. A backup that names no time zone is taken as if it said UTC.
struct BackupSeries {
  std::string engine;
  std::string where;                  ///< the newest one's path with * for the date
  std::vector<std::string> ids;       ///< of the findings, oldest first
  std::vector<std::string> dated_by;  ///< where the times come from ("file name"), each once
  std::int64_t oldest = 0;
  std::int64_t newest = 0;
  bool has_time_of_day = true;      ///< false: some tell only their day
  std::int64_t usual_interval = 0;  ///< the median of the newest intervals; 0 with fewer than three backups
  std::vector<SeriesGap> gaps;      ///< oldest first
  std::uint64_t days = 0;           ///< with at least one backup; and weeks from Monday on, and months
  std::uint64_t weeks = 0;
  std::uint64_t months = 0;
};

/// A date in a name: "2026-11-21", "20261121", also with "_" or ".", alone or with a time behind it.
struct NameDate {
  std::int64_t time = 0;
  bool has_time_of_day = false;
  std::size_t begin = 0;  ///< where it stands
  std::size_t length = 0;
};

/// The last one in `name`.
std::optional<NameDate> date_in_name(std::string_view name);

/// Every group of two or more findings that are the same database and say when they were made: by the
/// plugin's fact "dated_by" (what content_time was read from), else by a date in their path. The times of
/// files are never taken: a copy changes them. Longest series first. Pure.
std::vector<BackupSeries> backup_series(const std::vector<Finding>& findings);

}  // namespace recover::scan
