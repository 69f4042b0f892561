// Reading the server's log. Lines begin with our own log_line_prefix '%m [%p] %e ' and are in English
// (lc_messages=C). The texts are those of versions 10 to 18; a text that is not known becomes
// server.start_failed with the log's own words, never a guess.
#include "postgresql/server_log.hpp"

#include "postgresql/errors.hpp"
#include "postgresql/server_error.hpp"

#include "recover/errors.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace recover::postgresql {

namespace {

struct KnownMessage {
  std::string_view text;
  const ErrorKind* kind;
};

constexpr std::array known_messages{
    KnownMessage{"could not locate a valid checkpoint record", &errors::wal_missing},
    KnownMessage{"could not locate required checkpoint record", &errors::wal_missing},
    KnownMessage{"could not find redo location", &errors::wal_missing},
    KnownMessage{"WAL ends before end of online backup", &errors::wal_missing},
    KnownMessage{"WAL ends before consistent recovery point", &errors::wal_missing},
    KnownMessage{"recovery ended before configured recovery target was reached",
                 &errors::point_not_reachable},
    KnownMessage{"requested recovery stop point is before", &errors::point_too_early},
    KnownMessage{"recovery target timeline", &errors::timeline_unknown},
    KnownMessage{"requested timeline", &errors::timeline_unknown},
    KnownMessage{"required WAL directory", &errors::wal_missing},
    KnownMessage{"database files are incompatible with server", &errors::incompatible_build},
    KnownMessage{"incorrect checksum in control file", &errors::control_damaged},
    KnownMessage{"could not read file \"global/pg_control\"", &errors::control_damaged},
    KnownMessage{"could not find the database system", &errors::control_damaged},
    KnownMessage{"invalid data in file \"backup_label\"", &errors::backup_label_invalid},
    KnownMessage{"backup_label contains data inconsistent with control file", &errors::backup_label_invalid},
    KnownMessage{"this is an incremental backup", &errors::incremental_backup},
    KnownMessage{"could not access status of transaction", &errors::transaction_status_lost},
};

/// The message of a log line: what follows "LOG:  " and the like; empty when `level` does not stand there.
std::string_view message_of(std::string_view line, std::string_view level) {
  const std::size_t at = line.find(level);
  return at == std::string_view::npos ? std::string_view{} : line.substr(at + level.size());
}

template <typename Visit>
void for_each_line(std::string_view log, Visit visit) {
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    visit(log.substr(0, end));
    log.remove_prefix(std::min(end + 1, log.size()));
  }
}

/// What stands between `before` and the next blank, comma or end in the last line that has `before`.
std::string word_after(std::string_view log, std::string_view before) {
  const std::size_t at = log.rfind(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = log.substr(at + before.size());
  return std::string(rest.substr(0, rest.find_first_of(" ,\n;")));
}

/// FATAL and PANIC messages with the DETAIL and HINT that follow them. Refused connections (57P03)
/// say nothing about the start.
std::string gravest_lines(const std::string& log) {
  std::string text;
  bool follows = false;
  for_each_line(log, [&](std::string_view line) {
    std::string_view message = message_of(line, "FATAL:  ");
    if (message.empty()) message = message_of(line, "PANIC:  ");
    const bool grave = !message.empty() && line.find(" 57P03 ") == std::string_view::npos;
    if (!grave && follows) {
      message = message_of(line, "DETAIL:  ");
      if (message.empty()) message = message_of(line, "HINT:  ");
    }
    follows = grave || (follows && !message.empty());
    if (follows) text += (text.empty() ? "" : "; ") + std::string(message);
  });
  return text;
}

std::string last_line(const std::string& log) {
  std::string last = "the log is empty";
  for_each_line(log, [&](std::string_view line) {
    if (!line.empty()) last = line;
  });
  return last;
}

}  // namespace

Error start_error(const std::string& data, const std::string& log) {
  std::string cause = gravest_lines(log);
  if (cause.empty()) cause = last_line(log);
  for (const KnownMessage& known : known_messages) {
    if (cause.find(known.text) != std::string::npos)
      return make_error(*known.kind, "the copy in " + data, cause);
  }
  return make_error(recover::errors::server_start_failed, "the server on " + data, cause);
}

std::optional<Error> death_of(const std::string& data, const std::string& log) {
  constexpr std::string_view word = " PANIC:  ";
  constexpr std::size_t state_length = 5;
  const std::size_t at = log.find(word);
  if (at == std::string::npos || at < state_length) return std::nullopt;
  const std::size_t begin = at + word.size();
  Error panic = make_error(errors::query_failed, data, log.substr(begin, log.find('\n', begin) - begin))
                    .with("sqlstate", log.substr(at - state_length, state_length));
  return classified(std::move(panic), "the server on " + data);
}

std::string recovery_activity(const std::string& log) {
  std::string activity = "the server is starting";
  for_each_line(log, [&](std::string_view line) {
    const std::string_view message = message_of(line, "LOG:  ");
    for (const std::string_view word : {"redo", "recovery", "syncing", "restored"}) {
      if (message.find(word) != std::string_view::npos) activity = message;
    }
  });
  return activity;
}

std::string recovery_story(const std::string& log) {
  const std::string start = word_after(log, "redo starts at ");
  std::string story;
  if (start.empty()) {
    const bool unclean = log.find("not properly shut down") != std::string::npos;
    story = unclean ? "crash recovery found nothing to replay" : "clean shutdown, nothing to replay";
  } else {
    story = "redo " + start + " to " + word_after(log, "redo done at ");
  }
  const std::string consistent = word_after(log, "consistent recovery state reached at ");
  if (!consistent.empty()) story += ", consistent at " + consistent;
  if (log.find("completed backup recovery") != std::string::npos) story += ", end of backup reached";
  const std::string timeline = word_after(log, "selected new timeline ID: ");
  if (!timeline.empty()) story += ", now on timeline " + timeline;
  return story;
}

}  // namespace recover::postgresql
