/// What a statement of a dump does, as far as its place in a load depends on it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace recover::postgresql::dump {

enum class StatementKind {
  setting,      ///< SET, RESET, SELECT set_config(...): of the session
  transaction,  ///< BEGIN, COMMIT, SET LOCAL, LOCK ...
  create_database,
  alter_database,
  drop_database,
  create_role,
  role_property,  ///< ALTER ROLE
  create_tablespace,
  create_table,
  create_other,
  copy,
  insert,
  create_index,
  add_constraint,
  add_foreign_key,
  attach_partition,
  setval,
  comment,
  owner,
  privileges,
  refresh,
  large_object,
  select_other,
  other,
};

/// Belongs to the server as a whole: roles, tablespaces, databases.
bool is_global(StatementKind kind);

/// The names a statement needs. Two statements may run at the same time when neither needs everything and
/// no name is exclusive in one and present in the other.
struct Footprint {
  std::vector<std::string> exclusive;
  std::vector<std::string> shared;
  bool everything = false;
};

/// Canonical names ("public.orders", "\"My Schema\".\"user\""): quotes resolved, then quoted where needed.
struct Statement {
  StatementKind kind = StatementKind::other;
  std::string object;         ///< canonical; the table of an index, constraint or trigger
  std::string name;           ///< of index, constraint, role, database or tablespace; unquoted
  bool links_tables = false;  ///< from now on rows of one table may ask for rows of another one
  Footprint footprint;
  std::vector<std::string> columns;  ///< of COPY, unquoted; empty when it names none
  bool freeze_possible = false;      ///< COPY ... FROM stdin without options
  bool reads_rows = false;           ///< COPY ... FROM stdin: rows follow
  bool is_csv = false;
  bool is_binary = false;
};

/// Never fails: what is not understood is `other` and needs everything. Names without a schema get
/// `schema` (canonical), which a caller knows from search_path; empty leaves them alone.
Statement describe(std::string_view text, std::string_view schema = {});

/// May these run at the same time?
bool may_overlap(const Footprint& one, const Footprint& other);

/// Name and value of a session setting. The value is what set_config(name, value, false) takes, as an SQL
/// literal, or DEFAULT. Nothing for everything else, RESET ALL and SET LOCAL among it.
std::optional<std::pair<std::string, std::string>> setting(std::string_view text);

/// Where names without a schema lie after this statement, if it sets search_path: the first schema in it,
/// canonical; empty for "$user" and an empty path.
std::optional<std::string> schema_set_by(std::string_view text);

/// Where a sequence stands after SELECT pg_catalog.setval('s', 42, true): "42|t", as the server prints
/// last_value and is_called. Nothing for everything else.
std::optional<std::string> sequence_state(std::string_view text);

/// The database of a \connect line in the forms that pg_dumpall writes; empty for all others (a user, a
/// host, a connection string with more than dbname).
std::string connect_target(std::string_view line);

/// CREATE TABLESPACE with another place; unchanged when it names none.
std::string rewrite_tablespace_location(std::string_view text, const std::string& new_path);

/// COPY ... FROM stdin WITH (FREEZE); only where freeze_possible.
std::string copy_with_freeze(std::string_view text);

}  // namespace recover::postgresql::dump
