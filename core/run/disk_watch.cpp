// The space was enough when the run began (preflight), but it is an estimate, and others write too. Nothing
// is stopped here: a step that meets the full disk fails and is undone. statvfs() is asked every two seconds;
// what the run itself occupies is measured by walking its staging directories, rarely enough to cost nothing.
#include "core/run/disk_watch.hpp"

#include "core/run/preflight.hpp"
#include "core/text/format.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace recover::run {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds between_looks{2};
constexpr std::chrono::seconds between_walks{10};
constexpr int walk_share = 50;  // a walk takes at most this part of the time
constexpr std::array<int, 3> percent_limits{85, 90, 95};

int percent_used(const Space& space) {
  const double all = static_cast<double>(space.used) + static_cast<double>(space.free);
  return all > 0 ? static_cast<int>(100 * static_cast<double>(space.used) / all) : 0;
}

std::optional<Space> space_at(const std::string& path) {
  struct ::statvfs status {};
  const std::string place = nearest_existing(path);
  if (::statvfs(place.c_str(), &status) != 0) return std::nullopt;
  return Space{mount_of(place), status.f_bavail * status.f_frsize,
               (status.f_blocks - status.f_bfree) * status.f_frsize};
}

/// The staging directories on one file system.
struct Place {
  std::vector<std::string> directories;
  SpaceLimits limits;
};

}  // namespace

std::optional<Notice> SpaceLimits::judge(const Space& space) {
  const int percent = percent_used(space);
  auto passed = static_cast<std::size_t>(std::count_if(percent_limits.begin(), percent_limits.end(),
                                                       [&](int limit) { return percent >= limit; }));
  const bool is_short = space.free < min_free_;
  if (is_short) passed = percent_limits.size() + 1;
  if (passed <= told_) return std::nullopt;
  told_ = passed;
  Notice notice{
      "disk_low",
      space.mount + ": " + std::to_string(percent) + " % used (" + text::bytes(Bytes{space.free}) + " free)",
      {}};
  notice.text +=
      is_short ? ", less than the " + text::bytes(Bytes{min_free_}) + " that must stay free (--min-free)"
               : ", may fail if more than that is needed";
  set_fact(notice.facts, "state",
           is_short ? std::string("min_free") : std::to_string(percent_limits.at(passed - 1)));
  set_fact(notice.facts, "mount", space.mount);
  set_fact(notice.facts, "percent_used", std::int64_t{percent});
  set_fact(notice.facts, "bytes_free", static_cast<std::int64_t>(space.free));
  set_fact(notice.facts, "bytes_min_free", static_cast<std::int64_t>(min_free_));
  return notice;
}

struct DiskWatch::State {
  State(const std::vector<Plan>& plans, std::uint64_t min_free, Progress& told_to, Host& machine)
      : progress(told_to), host(machine) {
    for (const Plan& plan : plans) {
      const auto space = plan.target.staging.empty() ? std::nullopt : space_at(plan.target.staging);
      if (!space) continue;
      const auto place = places.try_emplace(space->mount, Place{{}, SpaceLimits(min_free)}).first;
      place->second.directories.push_back(plan.target.staging);
    }
    if (!places.empty()) thread = std::jthread([this](const std::stop_token& ended) { watch(ended); });
  }

  void watch(const std::stop_token& ended) {
    std::mutex sleeping;
    std::condition_variable_any woken;
    std::unique_lock lock(sleeping);
    auto next_walk = SteadyClock::now() + between_looks;
    while (!ended.stop_requested()) {
      for (auto& [mount, place] : places) look(place);
      if (SteadyClock::now() >= next_walk) {
        const auto began = SteadyClock::now();
        for (auto& [mount, place] : places) walk(place);
        const auto took = SteadyClock::now() - began;
        next_walk = SteadyClock::now() + std::max<SteadyClock::duration>(between_walks, took * walk_share);
      }
      woken.wait_for(lock, ended, between_looks, [] { return false; });
    }
  }

  void look(Place& place) {
    const auto space = space_at(place.directories.front());
    const auto notice = space ? place.limits.judge(*space) : std::nullopt;
    if (!notice) return;
    progress.notice(*notice);
    host.log().write(LogLevel::warn, notice->text);
    const std::scoped_lock lock(mutex);
    warnings.push_back("while it went on: " + notice->text);
  }

  void walk(const Place& place) {
    const auto space = space_at(place.directories.front());
    if (!space) return;
    std::uint64_t used = 0;
    for (const auto& directory : place.directories) used += allocated_below(directory);
    Notice notice{"space", place.directories.front(), {}};
    if (place.directories.size() > 1)
      notice.text += " and " + std::to_string(place.directories.size() - 1) + " more";
    notice.text += "  " + text::bytes(Bytes{used}) + " used, " + text::bytes(Bytes{space->free}) + " free";
    set_fact(notice.facts, "directories", place.directories);
    set_fact(notice.facts, "mount", space->mount);
    set_fact(notice.facts, "bytes_used", static_cast<std::int64_t>(used));
    set_fact(notice.facts, "bytes_free", static_cast<std::int64_t>(space->free));
    progress.notice(notice);
  }

  Progress& progress;
  Host& host;
  std::map<std::string, Place> places;  ///< by mount point; of the thread alone once it runs
  mutable std::mutex mutex;
  std::vector<std::string> warnings;
  std::jthread thread;  // last: it uses all of the above
};

DiskWatch::DiskWatch(const std::vector<Plan>& plans, std::uint64_t min_free, Progress& progress, Host& host)
    : state_(std::make_unique<State>(plans, min_free, progress, host)) {}
DiskWatch::~DiskWatch() = default;

std::vector<std::string> DiskWatch::warnings() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->warnings;
}

}  // namespace recover::run
