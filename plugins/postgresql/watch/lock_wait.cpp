// Where others work on the same server, a load or a swap may have to wait for them, and whoever looks must
// see at once for whom. How long a wait lasts is measured from look to look: the server tells it since
// version 14 only (pg_locks.waitstart). The words are those of REQUIREMENTS S2-29.
#include "postgresql/watch/lock_wait.hpp"

#include "postgresql/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace recover::postgresql::watch {

namespace {

constexpr std::size_t shown_query = 120;
constexpr double approaching = 0.7;  // of the timeout

/// "AccessExclusiveLock" as people say it.
std::string lock_name(const std::string& mode) {
  if (mode == "AccessExclusiveLock" || mode == "ExclusiveLock") return "exclusive lock";
  if (mode.empty()) return "lock";
  std::string words;
  for (const char letter : mode) {
    if (std::isupper(static_cast<unsigned char>(letter)) != 0 && !words.empty()) words += ' ';
    words += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return words;
}

std::string on_one_line(const std::string& query) {
  std::string line = query.substr(0, shown_query);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char letter) { return std::isspace(letter) != 0; }, ' ');
  return query.size() > shown_query ? line + "..." : line;
}

bool is_near(const LockWait& wait, const LockLimits& limits) {
  return limits.timeout > 0 && wait.seconds >= approaching * static_cast<double>(limits.timeout);
}

Notice notice_of(const LockWait& wait, const LockLimits& limits) {
  Notice notice{"lock_wait", wait_text(wait, limits), {}};
  set_fact(notice.facts, "state", std::string(is_near(wait, limits) ? "approaching" : "waiting"));
  set_fact(notice.facts, "database", wait.database);
  set_fact(notice.facts, "lock", wait.mode);
  set_fact(notice.facts, "pid", std::int64_t{wait.pid});
  set_fact(notice.facts, "seconds", wait.seconds);
  set_fact(notice.facts, "timeout", limits.timeout);
  set_fact(notice.facts, "waiting_query", on_one_line(wait.query));
  if (wait.blockers.empty()) return notice;
  const Blocker& first = wait.blockers.front();
  set_fact(notice.facts, "blocker_pid", std::int64_t{first.pid});
  set_fact(notice.facts, "blocker_user", first.user);
  set_fact(notice.facts, "blocker_application", first.application);
  set_fact(notice.facts, "blocker_state", first.state);
  set_fact(notice.facts, "blocker_query", on_one_line(first.query));
  set_fact(notice.facts, "blocker_seconds", first.age);
  set_fact(notice.facts, "blockers", static_cast<std::int64_t>(wait.blockers.size()));
  return notice;
}

}  // namespace

LockAction lock_action(const std::string& word) {
  if (word == "wait") return LockAction::wait;
  return word == "terminate" ? LockAction::terminate : LockAction::fail;
}

Decision decide(const LockWait& wait, const LockLimits& limits) {
  if (limits.timeout <= 0 || wait.seconds < static_cast<double>(limits.timeout)) return Decision::go_on;
  if (limits.action == LockAction::wait) return Decision::go_on;
  const bool is_prepared = std::any_of(wait.blockers.begin(), wait.blockers.end(),
                                       [](const Blocker& blocker) { return blocker.pid == 0; });
  const bool terminates = limits.action == LockAction::terminate && !is_prepared && !wait.blockers.empty();
  return terminates ? Decision::terminate : Decision::fail;
}

std::string blocker_text(const Blocker& blocker) {
  if (blocker.pid == 0) return "a prepared transaction: " + blocker.query;
  std::string who = blocker.application.empty() ? "" : blocker.application + ", ";
  if (!blocker.user.empty()) who += "user " + blocker.user + ", ";
  return fmt::format("pid {} ({}{} for {:.0f} s): {}", blocker.pid, who,
                     blocker.state.empty() ? "state unknown" : blocker.state, blocker.age,
                     on_one_line(blocker.query));
}

std::string wait_text(const LockWait& wait, const LockLimits& limits) {
  std::string text = fmt::format("Waiting for {} ({:.0f} seconds)", lock_name(wait.mode), wait.seconds);
  if (is_near(wait, limits)) text += fmt::format(", approaching ({:.0f}/{})", wait.seconds, limits.timeout);
  if (wait.blockers.empty()) return text;
  text += ", held by " + blocker_text(wait.blockers.front());
  if (wait.blockers.size() > 1) text += fmt::format(", and {} more", wait.blockers.size() - 1);
  return text;
}

Error lock_timeout_error(const LockWait& wait, const LockLimits& limits) {
  std::string cause = fmt::format("waited {:.0f} s for the {} of ", wait.seconds, lock_name(wait.mode));
  cause += wait.blockers.empty() ? "a session that is not known" : blocker_text(wait.blockers.front());
  Error error = make_error(errors::lock_timeout,
                           fmt::format("database {}: {}", wait.database, on_one_line(wait.query)), cause);
  error.facts = notice_of(wait, limits).facts;
  return error;
}

std::vector<LockWait> LockHistory::update(std::vector<LockWait> seen, double now) {
  notices_.clear();
  std::map<int, Known> waiting;
  for (LockWait& wait : seen) {
    const auto known = waiting_.find(wait.pid);
    const bool goes_on = known != waiting_.end() && known->second.mode == wait.mode;
    const double since = goes_on ? known->second.since : now;
    wait.seconds = now - since;
    waiting[wait.pid] = {since, wait.mode};
    waiting_.erase(wait.pid);
  }
  for (const auto& [pid, known] : waiting_) {
    Notice over{
        "lock_wait", fmt::format("{} acquired after {:.0f} s", lock_name(known.mode), now - known.since), {}};
    over.text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(over.text.front())));
    set_fact(over.facts, "state", std::string("acquired"));
    set_fact(over.facts, "lock", known.mode);
    set_fact(over.facts, "pid", std::int64_t{pid});
    set_fact(over.facts, "seconds", now - known.since);
    notices_.push_back(std::move(over));
  }
  if (!waiting_.empty() && seen.empty()) {
    Notice nothing{"lock_wait", "", {}};
    set_fact(nothing.facts, "state", std::string("none"));
    notices_.push_back(std::move(nothing));
  }
  waiting_ = std::move(waiting);
  const auto longest = std::max_element(seen.begin(), seen.end(), [](const auto& one, const auto& other) {
    return one.seconds < other.seconds;
  });
  if (longest != seen.end()) notices_.push_back(notice_of(*longest, limits_));
  return seen;
}

}  // namespace recover::postgresql::watch
