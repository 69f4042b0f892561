// Where did replay end? The server's log says why it stopped, shared memory what it replayed last, and the
// history of the timeline that began there keeps the reason for ever. A server before 13 that does not find
// its target says nothing and serves the end of the log, so silence is a failure here.
// Texts: access/transam/xlogrecovery.c (recoveryStopsBefore, recoveryStopsAfter, getRecoveryStopReason); the
// same from 10 to 18.
#include "postgresql/replay/point.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/wal_position.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace recover::postgresql {

namespace {

/// What a server that has replayed still knows.
struct Replayed {
  std::optional<Lsn> position;       ///< behind the last record; nothing after a restart
  std::optional<std::int64_t> time;  ///< of the last transaction that ended
  std::string reason;                ///< why it stopped: the log's words, else the history's
  bool is_logged = false;            ///< `reason` is the log's
};

/// The words behind the last "recovery stopping " of the log.
std::string logged_reason(const std::string& log) {
  constexpr std::string_view word = "recovery stopping ";
  const std::size_t at = log.rfind(word);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + word.size();
  return log.substr(begin, log.find('\n', begin) - begin);
}

/// The third column of the last line of the newest timeline's history.
std::string historic_reason(const std::string& data, Files& files) {
  std::string newest;
  for (const char* directory : {"/pg_wal", "/pg_xlog"}) {
    const auto names = files.list(data + directory);
    if (!names) continue;
    for (const std::string& name : *names) {
      if (timeline_of_history(name) && data + directory + "/" + name > newest)
        newest = data + directory + "/" + name;
    }
  }
  auto text = newest.empty() ? Result<std::string>(std::string()) : files.read(newest);
  if (!text) return {};
  while (!text->empty() && text->back() == '\n') text->pop_back();
  const std::string line = text->substr(text->rfind('\n') + 1);
  return line.substr(std::min(line.find('\t', line.find('\t') + 1) + 1, line.size()));
}

Result<Replayed> ask(const std::string& data, const std::string& log, Connection& connection,
                     StepContext& context) {
  const Rows rows = RECOVER_TRY(connection.query(
      "SELECT pg_catalog.pg_last_wal_replay_lsn(), "
      "pg_catalog.date_part('epoch', pg_catalog.date_trunc('second', t))::bigint * 1000000 + "
      "pg_catalog.date_part('microseconds', t)::bigint % 1000000 "
      "FROM (SELECT pg_catalog.pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC' AS t) AS last",
      context.cancel));
  Replayed replayed;
  if (const auto& position = rows.at(0).at(0)) replayed.position = parse_lsn(*position);
  if (const auto& time = rows.at(0).at(1)) replayed.time = std::strtoll(time->c_str(), nullptr, 10);
  replayed.reason = logged_reason(log);
  replayed.is_logged = !replayed.reason.empty();
  // What a later start replayed, after a verification that was interrupted, says nothing of the point.
  const bool is_later_start = replayed.is_logged && log.rfind("database system was ") != std::string::npos &&
                              log.rfind("database system was ") > log.rfind("recovery stopping ");
  if (is_later_start) replayed.position.reset();
  if (is_later_start) replayed.time.reset();
  if (!replayed.is_logged) replayed.reason = historic_reason(data, context.host.files());
  return replayed;
}

/// Does the reason name what was asked for?
bool names_point(const Facts& facts, const std::string& reason) {
  const std::string kind = text_fact(facts, replay_fact::kind);
  const std::string value = text_fact(facts, replay_fact::value);
  const char* side = flag_fact(facts, replay_fact::inclusive) ? "after" : "before";
  if (kind == "time") return reason.starts_with("before ");
  if (kind == "lsn") return reason.starts_with(side) && reason.find("LSN") != std::string::npos;
  if (kind == "name") return reason.find("restore point \"" + value + "\"") != std::string::npos;
  if (kind == "immediate") return reason.find("consisten") != std::string::npos;
  const std::size_t at = reason.find("transaction " + value);
  const std::size_t behind = at + std::string_view("transaction ").size() + value.size();
  return reason.starts_with(side) && at != std::string::npos &&
         (behind >= reason.size() || reason[behind] < '0' || reason[behind] > '9');
}

/// What contradicts the wish; empty when nothing does.
std::string contradiction(const Facts& facts, const Replayed& replayed) {
  constexpr std::uint64_t page = 8192;  // an end and the next beginning may have a page's header between them
  const auto stop = parse_lsn(text_fact(facts, replay_fact::stop));
  if (text_fact(facts, replay_fact::kind) == "end") {
    const bool is_short = replayed.position && stop && *replayed.position < *stop;
    return is_short ? "replay ended before the end of the log" : "";
  }
  if (!names_point(facts, replayed.reason))
    return replayed.reason.empty() ? "the server did not say that it stopped at the point"
                                   : "the server stopped for another reason";
  if (replayed.time && find_fact(facts, replay_fact::time) != nullptr) {
    const std::int64_t asked = number_fact(facts, replay_fact::time);
    const bool is_later =
        flag_fact(facts, replay_fact::inclusive) ? *replayed.time > asked : *replayed.time >= asked;
    if (is_later) return "a later transaction was replayed";
  }
  if (replayed.position && stop) {
    const auto [low, high] = std::minmax(replayed.position->value, stop->value);
    if (high - low > page) return "replay stopped elsewhere than the log promised";
  }
  return {};
}

}  // namespace

Result<Check> check_point(const Plan& plan, const std::string& data, const std::string& log,
                          Connection& connection, StepContext& context) {
  const Replayed replayed = RECOVER_TRY(ask(data, log, connection, context));
  Check check{"point_in_time", "replay ended at the point that was asked for", Verdict::passed, {}, {}, {}};
  check.evidence = "asked for " + text_fact(plan.facts, point_fact);
  if (!replayed.reason.empty()) {
    check.evidence += fmt::format("; {} {}", replayed.is_logged ? "the server stopped" : "its history says",
                                  replayed.reason);
    set_fact(check.facts, "reason", replayed.reason);
  }
  if (replayed.time) {
    check.evidence += "; last transaction ended " + instant_text(*replayed.time);
    set_fact(check.facts, "last_transaction", instant_text(*replayed.time));
  }
  if (replayed.position) {
    check.evidence += "; replayed to " + to_text(*replayed.position);
    set_fact(check.facts, "replayed_to", to_text(*replayed.position));
  }
  const std::string wrong = contradiction(plan.facts, replayed);
  if (!wrong.empty()) {
    check.verdict = Verdict::failed;
    check.evidence += "; " + wrong;
    check.error = make_error(errors::point_not_proven, plan.finding.path, check.evidence);
  } else if (replayed.reason.find("abort of transaction") != std::string::npos &&
             text_fact(plan.facts, replay_fact::kind) == "xid") {
    check.verdict = Verdict::warning;
    check.evidence += "; that transaction was rolled back";
  }
  return check;
}

}  // namespace recover::postgresql
