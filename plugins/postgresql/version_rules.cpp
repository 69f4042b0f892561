// The table of what PostgreSQL took away, one row each, from the section "Migration to Version N" of the
// release notes of 10 to 18. Only what meets a dump is here: a dump makes every index anew and carries no
// settings of the server, so hash indexes of before 10 or recovery.conf need no row.
#include "postgresql/version_rules.hpp"

#include "postgresql/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

using enum Compatibility;

const VersionRule rules[] = {
    {"unknown_columns",
     10,
     risky,
     {" unknown,", " unknown\n"},
     "columns of type unknown are refused since 10"},
    {"object_ids",
     12,
     risky,
     {"default_with_oids = true", "with oids", "with (oids=true)"},
     "tables WITH OIDS are refused since 12"},
    {"old_times",
     12,
     risky,
     {" abstime", " reltime", " tinterval"},
     "the types abstime, reltime and tinterval are gone since 12"},
    {"opaque", 13, risky, {"returns opaque", "(opaque"}, "the type opaque is gone since 13"},
    {"array_functions",
     14,
     risky,
     {"sfunc = array_append", "sfunc = array_prepend", "sfunc = array_cat", "function = array_append",
      "procedure = array_append", "procedure = array_cat"},
     "array_append, array_cat and their like take anycompatible since 14: aggregates and operators that "
     "were made with anyarray or anyelement are refused"},
    {"postfix_operators",
     14,
     warning,
     {"create operator"},
     "operators behind their operand are refused since 14, and the built-in ! and !! are gone"},
    {"public_schema",
     15,
     warning,
     {},
     "since 15 only the owner of a database may make objects in its schema public, unless it was granted"},
    {"python2",
     15,
     risky,
     {"plpythonu", "plpython2u"},
     "Python 2 is gone since 15: plpythonu and plpython2u"},
    {"adminpack",
     17,
     risky,
     {"extension if not exists adminpack", "extension adminpack"},
     "the extension adminpack is gone since 17"},
    {"search_path",
     17,
     warning,
     {"create materialized view"},
     "since 17 functions in materialized views and indexes are called with a safe search_path: those that "
     "name tables without their schema fail"},
    {"md5_passwords",
     18,
     warning,
     {"password 'md5"},
     "passwords kept as md5 are deprecated since 18; they still work"},
    {"unlogged_partitioned",
     18,
     risky,
     {"create unlogged table"},
     "partitioned tables cannot be UNLOGGED since 18"},
};

bool concerns(const VersionRule& rule, int from, int to) {
  return from < rule.since && rule.since <= to;
}

}  // namespace

std::string to_text(Compatibility level) {
  switch (level) {
    case safe: return "SAFE";
    case warning: return "WARNING";
    case risky: return "RISKY";
    case unsupported: return "UNSUPPORTED";
  }
  return {};
}

std::span<const VersionRule> version_rules() {
  return rules;
}

std::vector<std::string> features_in(std::string_view statement) {
  const std::string text = lower_case(statement);
  std::vector<std::string> seen;
  for (const VersionRule& rule : rules) {
    const bool shows = std::any_of(rule.signs.begin(), rule.signs.end(), [&](std::string_view sign) {
      return text.find(sign) != std::string::npos;
    });
    if (shows) seen.emplace_back(rule.feature);
  }
  return seen;
}

VersionJudgement judge_versions(const DumpFeatures& dump, int target_major) {
  VersionJudgement judgement;
  const auto add = [&](Compatibility level, std::string reason) {
    judgement.level = std::max(judgement.level, level);
    judgement.reasons.push_back(std::move(reason));
  };
  if (dump.major == 0) {
    add(warning, "the dump does not tell the version of its server");
    return judgement;
  }
  if (dump.major > target_major) {
    add(unsupported,
        fmt::format("a dump of PostgreSQL {} is newer than a server {}", dump.major, target_major));
    return judgement;
  }
  std::vector<std::string_view> unseen;
  for (const VersionRule& rule : rules) {
    if (!concerns(rule, dump.major, target_major)) continue;
    const bool seen =
        std::find(dump.features.begin(), dump.features.end(), rule.feature) != dump.features.end();
    if (seen || rule.signs.empty()) {
      add(rule.level, std::string(rule.reason));
    } else if (!dump.seen_whole) {
      unseen.push_back(rule.feature);
    }
  }
  if (!unseen.empty()) {
    add(warning,
        fmt::format(
            "only the beginning of the dump was looked at; not seen there, but possible behind it: {}",
            fmt::join(unseen, ", ")));
  }
  return judgement;
}

}  // namespace recover::postgresql
