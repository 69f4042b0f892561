// What is left out must be left out whole: the section between two \connect, and what stands elsewhere and
// names the database. pg_dumpall before 11 makes all databases, their privileges and settings in its first
// part; later ones write CREATE DATABASE at the end of the section before (pg_dumpall.c, dumpDatabases).
#include "postgresql/load/database_choice.hpp"

#include "postgresql/dump/database_names.hpp"
#include "postgresql/dump/tokens.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace recover::postgresql::load {

namespace {

using dump::StatementKind;
using dump::Tokens;

/// GRANT, REVOKE, COMMENT, SECURITY LABEL: what stands behind ON. Membership in a role has no ON.
Subject::Kind kind_behind_on(Tokens tokens, bool is_grant) {
  if (!tokens.find("on")) return is_grant ? Subject::Kind::server : Subject::Kind::here;
  tokens.advance();
  const bool is_shared = tokens.at("role") || tokens.at("tablespace") || tokens.at("parameter");
  return is_shared ? Subject::Kind::server : Subject::Kind::here;
}

/// Of a statement that names no database.
Subject::Kind kind_of(const dump::Statement& statement, std::string_view sql) {
  Tokens tokens(sql);
  if (statement.kind == StatementKind::comment) return kind_behind_on(tokens, false);
  if (statement.kind == StatementKind::privileges)
    return kind_behind_on(tokens, tokens.at("grant") || tokens.at("revoke"));
  if (dump::is_global(statement.kind)) return Subject::Kind::server;
  if (tokens.take_all({"security", "label"})) return kind_behind_on(tokens, false);
  const bool is_shared = (tokens.take("alter") || tokens.take("drop")) &&
                         (tokens.at("tablespace") || tokens.at("role") || tokens.at("user"));
  if (!is_shared) return Subject::Kind::here;
  tokens.advance();
  return tokens.at("mapping") ? Subject::Kind::here : Subject::Kind::server;
}

}  // namespace

bool DatabaseChoice::takes(const std::string& database) const {
  const auto matches = [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), database.c_str(), 0) == 0;
  };
  if (!contents) return false;
  if (std::any_of(except.begin(), except.end(), matches)) return false;
  return only.empty() || std::find(only.begin(), only.end(), database) != only.end();
}

Subject subject_of(const dump::Statement& statement, std::string_view sql) {
  if (auto database = dump::database_named(sql)) return {Subject::Kind::database, *std::move(database)};
  return {kind_of(statement, sql), {}};
}

}  // namespace recover::postgresql::load
