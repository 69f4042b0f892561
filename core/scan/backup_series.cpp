// A directory of nightly backups is one thing to the person who looks at it: since when, how often, and
// which nights are missing. Findings belong together when the engine's plugin says that they are the same
// database (identity), or else when their paths differ in nothing but a date. Old backups are thinned out
// on purpose (one a week, then one a month): longer intervals at the old end that follow each other are
// such a rhythm and no gaps.
#include "core/scan/backup_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <map>
#include <set>

namespace recover::scan {

namespace {

constexpr std::int64_t day = 86'400;
constexpr double clearly_longer = 1.5;

/// One backup with the time that it says.
struct Dated {
  const Finding* finding = nullptr;
  std::int64_t time = 0;
  bool has_time_of_day = true;
  std::string by;
};

/// Reads digits and separators from left to right.
class DateReader {
 public:
  DateReader(std::string_view text, std::size_t position) : text_(text), position_(position) {}

  [[nodiscard]] std::size_t position() const { return position_; }

  std::optional<int> number(std::size_t digits, int least, int most) {
    if (position_ + digits > text_.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char digit = text_[position_ + i];
      if (digit < '0' || digit > '9') return std::nullopt;
      value = value * 10 + (digit - '0');
    }
    if (value < least || value > most) return std::nullopt;
    position_ += digits;
    return value;
  }

  /// The character, when it is one of these; 0 and nothing taken when it is not.
  char one_of(std::string_view characters) {
    if (position_ >= text_.size() || characters.find(text_[position_]) == std::string_view::npos) return 0;
    return text_[position_++];
  }

  [[nodiscard]] bool at_digit() const {
    return position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9';
  }

 private:
  std::string_view text_;
  std::size_t position_;
};

/// "020000", "0200", "02:00:00", "02-00", behind "T", "_", "-", "." or a blank. Nothing is taken on failure.
bool read_time_of_day(DateReader& reader, std::tm& date) {
  DateReader ahead = reader;
  if (ahead.one_of("T_-. ") == 0) return false;
  const auto hour = ahead.number(2, 0, 23);
  if (!hour) return false;
  const char separator = ahead.one_of(":-_.");
  const auto minute = ahead.number(2, 0, 59);
  if (!minute) return false;
  DateReader behind = ahead;
  const bool goes_on = separator == 0 || behind.one_of(std::string_view(&separator, 1)) != 0;
  const auto second = goes_on ? behind.number(2, 0, 60) : std::nullopt;
  if (second && !behind.at_digit()) ahead = behind;
  if (ahead.at_digit()) return false;
  date.tm_hour = *hour;
  date.tm_min = *minute;
  if (second) date.tm_sec = *second;
  reader = ahead;
  return true;
}

std::optional<NameDate> date_at(std::string_view name, std::size_t begin) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (begin > 0 && is_digit(name[begin - 1])) return std::nullopt;
  DateReader reader(name, begin);
  const auto year = reader.number(4, 1990, 2199);
  if (!year) return std::nullopt;
  const char separator = reader.one_of("-_.");
  const auto month = reader.number(2, 1, 12);
  if (!month || (separator != 0 && reader.one_of(std::string_view(&separator, 1)) == 0)) return std::nullopt;
  const auto day_of_month = reader.number(2, 1, 31);
  if (!day_of_month) return std::nullopt;
  std::tm date{};
  date.tm_year = *year - 1900;
  date.tm_mon = *month - 1;
  date.tm_mday = *day_of_month;
  if (reader.at_digit()) {  // 20261121020000; anything else is no date
    const auto hour = reader.number(2, 0, 23);
    const auto minute = reader.number(2, 0, 59);
    const auto second = reader.number(2, 0, 60);
    if (!hour || !minute || reader.at_digit()) return std::nullopt;
    date.tm_hour = *hour;
    date.tm_min = *minute;
    date.tm_sec = second.value_or(0);
    return NameDate{::timegm(&date), true, begin, reader.position() - begin};
  }
  const bool has_time = read_time_of_day(reader, date);
  const std::int64_t time = ::timegm(&date);
  if (date.tm_mday != *day_of_month) return std::nullopt;  // the 31st of a month of 30 days
  return NameDate{time, has_time, begin, reader.position() - begin};
}

/// "backup/shop-*.sql" of "backup/shop-2026-11-21.sql".
std::string without_dates(std::string path) {
  while (const auto date = date_in_name(path)) path.replace(date->begin, date->length, "*");
  return path;
}

std::optional<Dated> dated(const Finding& finding) {
  const std::string by = text_fact(finding.facts, "dated_by");
  if (!by.empty() && finding.content_time > 0) return Dated{&finding, finding.content_time, true, by};
  const std::size_t slash = finding.path.rfind('/');
  const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
  if (const auto date = date_in_name(std::string_view(finding.path).substr(name)))
    return Dated{&finding, date->time, date->has_time_of_day, "file name"};
  if (const auto date = date_in_name(finding.path))
    return Dated{&finding, date->time, date->has_time_of_day, "directory name"};
  return std::nullopt;
}

/// Equal for backups of the same database.
std::string series_key(const Finding& finding) {
  if (!finding.identity.empty()) return finding.engine + "\n" + without_dates(finding.identity);
  std::string key = finding.engine + "\n" + finding.kind + "\n" + without_dates(finding.path);
  for (const std::string& database : finding.databases) key += "\n" + database;
  return key;
}

/// Lower median: of two rhythms the shorter one.
std::int64_t median(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// How many intervals at the old end are a longer rhythm of their own.
std::size_t thinned_intervals(const std::vector<std::int64_t>& intervals, double longest_usual) {
  const auto first_usual = std::find_if(intervals.begin(), intervals.end(), [&](std::int64_t interval) {
    return static_cast<double>(interval) <= longest_usual;
  });
  const auto count = static_cast<std::size_t>(first_usual - intervals.begin());
  return count < 2 ? 0 : count;
}

void find_gaps(const std::vector<std::int64_t>& times, BackupSeries& series) {
  constexpr std::size_t newest_intervals = 7;
  std::vector<std::int64_t> intervals;
  for (std::size_t i = 1; i < times.size(); ++i) intervals.push_back(times[i] - times[i - 1]);
  if (intervals.size() < 2) return;
  const std::size_t recent = std::min(newest_intervals, intervals.size());
  series.usual_interval = median({intervals.end() - static_cast<std::ptrdiff_t>(recent), intervals.end()});
  const double longest_usual = clearly_longer * static_cast<double>(series.usual_interval);
  const std::size_t thinned = thinned_intervals(intervals, longest_usual);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    // Among thinned ones the older neighbour tells what was usual; the oldest one has only a younger one.
    const std::int64_t usual = i >= thinned ? series.usual_interval : intervals[i == 0 ? 1 : i - 1];
    const double ratio = static_cast<double>(intervals[i]) / static_cast<double>(usual);
    if (ratio > clearly_longer)
      series.gaps.push_back(
          {times[i], times[i + 1], static_cast<std::uint64_t>(std::max(1L, std::lround(ratio) - 1))});
  }
}

void count_periods(const std::vector<std::int64_t>& times, BackupSeries& series) {
  std::set<std::int64_t> days;
  std::set<std::int64_t> weeks;
  std::set<std::int64_t> months;
  for (const std::int64_t time : times) {
    const std::time_t seconds = time;
    std::tm date{};
    ::gmtime_r(&seconds, &date);
    days.insert(time / day);
    weeks.insert((time / day + 3) / 7);  // 1970-01-01 was a Thursday
    months.insert(date.tm_year * 12 + date.tm_mon);
  }
  series.days = days.size();
  series.weeks = weeks.size();
  series.months = months.size();
}

BackupSeries series_of(std::vector<Dated> backups) {
  std::stable_sort(backups.begin(), backups.end(),
                   [](const Dated& left, const Dated& right) { return left.time < right.time; });
  BackupSeries series;
  std::vector<std::int64_t> times;
  for (const Dated& one : backups) {
    series.ids.push_back(one.finding->id);
    if (std::find(series.dated_by.begin(), series.dated_by.end(), one.by) == series.dated_by.end())
      series.dated_by.push_back(one.by);
    series.has_time_of_day = series.has_time_of_day && one.has_time_of_day;
    if (times.empty() || times.back() != one.time) times.push_back(one.time);
  }
  const Finding& newest = *backups.back().finding;
  series.engine = newest.engine;
  series.where = without_dates(newest.path);
  series.oldest = times.front();
  series.newest = times.back();
  find_gaps(times, series);
  count_periods(times, series);
  return series;
}

}  // namespace

std::optional<NameDate> date_in_name(std::string_view name) {
  for (std::size_t begin = name.size(); begin-- > 0;) {
    if (auto date = date_at(name, begin)) return date;
  }
  return std::nullopt;
}

std::vector<BackupSeries> backup_series(const std::vector<Finding>& findings) {
  std::map<std::string, std::vector<Dated>> groups;
  for (const Finding& finding : findings) {
    if (finding.role != Role::database && finding.role != Role::leftover) continue;
    if (auto one = dated(finding)) groups[series_key(finding)].push_back(std::move(*one));
  }
  std::vector<BackupSeries> all;
  for (auto& [key, backups] : groups) {
    if (backups.size() >= 2) all.push_back(series_of(std::move(backups)));
  }
  std::stable_sort(all.begin(), all.end(), [](const BackupSeries& left, const BackupSeries& right) {
    return left.ids.size() > right.ids.size();
  });
  return all;
}

}  // namespace recover::scan
