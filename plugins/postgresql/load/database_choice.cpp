// What is left out must be left out whole: the section between two \connect, and what stands elsewhere and
// names the database. pg_dumpall before 11 makes all databases, their privileges and settings in its first
// part; later ones write CREATE DATABASE at the end of the section before (pg_dumpall.c, dumpDatabases).
#include "postgresql/load/database_choice.hpp"

#include "postgresql/dump/tokens.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace recover::postgresql::load {

namespace {

using dump::StatementKind;
using dump::Tokens;

/// COMMENT, GRANT, REVOKE, SECURITY LABEL: what stands behind ON. Membership in a role has no ON.
Subject subject_behind_on(Tokens tokens, bool is_grant) {
  if (!tokens.find("on")) return {is_grant ? Subject::Kind::server : Subject::Kind::here, {}};
  tokens.advance();
  if (tokens.take("database")) return {Subject::Kind::database, tokens.take_name()};
  const bool is_shared = tokens.at("role") || tokens.at("tablespace") || tokens.at("parameter");
  return {is_shared ? Subject::Kind::server : Subject::Kind::here, {}};
}

/// ALTER ROLE ... [IN DATABASE name] SET ...
Subject subject_of_role(Tokens tokens) {
  if (tokens.find("in") && tokens.take_all({"in", "database"}))
    return {Subject::Kind::database, tokens.take_name()};
  return {Subject::Kind::server, {}};
}

}  // namespace

bool DatabaseChoice::takes(const std::string& database) const {
  const auto matches = [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), database.c_str(), 0) == 0;
  };
  if (std::any_of(except.begin(), except.end(), matches)) return false;
  return only.empty() || std::find(only.begin(), only.end(), database) != only.end();
}

Subject subject_of(const dump::Statement& statement, std::string_view sql) {
  switch (statement.kind) {
    case StatementKind::create_database:
    case StatementKind::alter_database:
    case StatementKind::drop_database: return {Subject::Kind::database, statement.name};
    case StatementKind::create_role:
    case StatementKind::create_tablespace: return {Subject::Kind::server, {}};
    case StatementKind::role_property: return subject_of_role(Tokens(sql));
    case StatementKind::privileges: {
      Tokens tokens(sql);
      const bool is_grant = tokens.at("grant") || tokens.at("revoke");
      return subject_behind_on(tokens, is_grant);
    }
    case StatementKind::comment: return subject_behind_on(Tokens(sql), false);
    default: break;
  }
  Tokens tokens(sql);
  if (tokens.take_all({"security", "label"})) return subject_behind_on(tokens, false);
  const bool is_shared = (tokens.take("alter") || tokens.take("drop")) &&
                         (tokens.at("tablespace") || tokens.at("role") || tokens.at("user"));
  if (!is_shared) return {};
  tokens.advance();
  return {tokens.at("mapping") ? Subject::Kind::here : Subject::Kind::server, {}};
}

}  // namespace recover::postgresql::load
