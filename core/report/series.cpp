// Backups of one database that were made one after the other, as people and as programs read it. A date
// that names no time zone stays as it is written; of one that is only a day no hours are told.
#include "core/report/series.hpp"

#include "core/report/style.hpp"
#include "core/scan/backup_series.hpp"
#include "core/text/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace recover::report {

namespace {

constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

/// "7 days", "1.5 days", "6 hours".
std::string span(std::int64_t seconds) {
  const auto in = [&](std::int64_t unit, const char* name) {
    const double rounded = std::round(10.0 * static_cast<double>(seconds) / static_cast<double>(unit)) / 10;
    return fmt::format("{} {}{}", rounded, name, rounded == 1 ? "" : "s");
  };
  if (seconds >= day - 2 * hour) return in(day, "day");
  return seconds >= hour ? in(hour, "hour") : in(minute, "minute");
}

/// "2026-11-21 02:00" or "2026-11-21".
std::string moment(std::int64_t time, const scan::BackupSeries& series) {
  std::string written = text::timestamp(time).substr(0, series.has_time_of_day ? 16 : 10);
  std::replace(written.begin(), written.end(), 'T', ' ');
  return written;
}

std::int64_t age(const scan::BackupSeries& series, std::int64_t now) {
  return std::max<std::int64_t>(0, now - series.newest);
}

std::string age_words(const scan::BackupSeries& series, std::int64_t now) {
  if (series.has_time_of_day) return span(age(series, now)) + " old";
  const std::int64_t days = now / day - series.newest / day;
  return days < 1 ? "of today" : span(days * day) + " old";
}

}  // namespace

std::string series_text(const std::vector<Finding>& findings, std::int64_t now) {
  constexpr std::size_t fewest = 3;
  std::string lines;
  for (const scan::BackupSeries& series : scan::backup_series(findings)) {
    if (series.ids.size() < fewest) continue;
    lines +=
        fmt::format(" {}: {} backups, {} to {}{}; the newest, {}, is {}\n", text::printable(series.where),
                    series.ids.size(), moment(series.oldest, series), moment(series.newest, series),
                    series.usual_interval == 0 ? "" : ", usually " + span(series.usual_interval) + " apart",
                    series.ids.back(), age_words(series, now));
    for (const scan::SeriesGap& gap : series.gaps)
      lines += fmt::format("   gap: nothing between {} and {} ({} missing)\n", moment(gap.from, series),
                           moment(gap.to, series), counted(gap.missing, "backup"));
    lines += fmt::format("   on {}, in {} and {}; dated by {}\n", counted(series.days, "day"),
                         counted(series.weeks, "week"), counted(series.months, "month"),
                         fmt::join(series.dated_by, ", "));
  }
  return lines.empty() ? "" : "\nBackup series:\n" + lines;
}

json::Json series_json(const std::vector<Finding>& findings, std::int64_t now) {
  json::Json all = json::Json::array();
  for (const scan::BackupSeries& series : scan::backup_series(findings)) {
    json::Json entry{{"engine", series.engine}};
    json::put_text(entry, "where", series.where);
    entry["ids"] = series.ids;
    entry["oldest"] = text::timestamp(series.oldest);
    entry["newest"] = text::timestamp(series.newest);
    entry["newest_age_seconds"] = age(series, now);
    entry["has_time_of_day"] = series.has_time_of_day;
    entry["dated_by"] = series.dated_by;
    if (series.usual_interval != 0) entry["usual_interval_seconds"] = series.usual_interval;
    entry["gaps"] = json::Json::array();
    for (const scan::SeriesGap& gap : series.gaps)
      entry["gaps"].push_back(
          {{"from", text::timestamp(gap.from)}, {"to", text::timestamp(gap.to)}, {"missing", gap.missing}});
    entry["days"] = series.days;
    entry["weeks"] = series.weeks;
    entry["months"] = series.months;
    all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace recover::report
