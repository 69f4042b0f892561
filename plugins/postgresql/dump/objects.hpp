/// Which objects of a database a statement makes, as far as its text tells.
#pragma once

#include "postgresql/dump/statement.hpp"

#include <bitset>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::dump {

enum class ObjectKind : unsigned char {
  schema,
  table,
  foreign_table,
  view,
  materialized_view,
  index,
  sequence,
  function,  ///< and procedure
  aggregate,
  type,
  domain,
  trigger,
  policy,
  rule,
  primary_key,
  unique_constraint,
  exclusion_constraint,
  foreign_key,
  check_constraint,
  not_null_constraint,     ///< a column, or a domain, that must not be null: by whichever constraint
  unvalidated_constraint,  ///< a foreign key or check constraint that was left NOT VALID or NOT ENFORCED
  extension,
  comment,
  operator_symbol,
  operator_class,
  operator_family,
  cast,
  collation,
  conversion,
  search_configuration,
  search_dictionary,
  search_parser,
  search_template,
  event_trigger,
  publication,
  subscription,
  foreign_data_wrapper,
  foreign_server,
  user_mapping,
  statistics,
  access_method,
  transform,
  large_object,
  default_privileges,  ///< of one role, in one schema or in all, on one kind of object
  granted_relation,    ///< a table, view or sequence with a list of privileges of its own
  granted_columns,     ///< a table with privileges on single columns
  granted_schema,
  granted_function,  ///< all that share a name are one
  granted_type,
  granted_large_object,
  granted_wrapper,
  granted_server,
  granted_language,
  security_label,
  invalid_index,  ///< no statement makes one
};

constexpr std::size_t object_kinds = static_cast<std::size_t>(ObjectKind::invalid_index) + 1;
using KindSet = std::bitset<object_kinds>;
KindSet set_of(std::initializer_list<ObjectKind> kinds);
/// All that GRANT and REVOKE change inside a database.
KindSet granted_kinds();

/// What is there after a statement, whether it was there before or not.
struct Lasting {
  ObjectKind kind;
  std::string name;   ///< by which it is known again
  std::string needs;  ///< the name of what it is about, where that must have been made by the dump
};

/// Something outside every database that a statement gives a list of privileges or a label.
struct Outside {
  std::string_view what;  ///< "database", "tablespace", "parameter", "label of a role"; a literal
  std::string name;
  bool is_taken_back = false;  ///< perhaps; nobody can tell whether it is still there
};

/// What belongs to an extension, to another object as its part (the index of a constraint, the sequence of an
/// identity column, the row type of a table) or to every database (schema public, plpgsql) is not told.
struct Objects {
  std::vector<ObjectKind> made;  ///< the statement's own object, then its constraints and serial sequences
  std::string name;              ///< by which the first one is known again; empty: it cannot be made twice
  std::string shared_name;       ///< of functions that differ only in their arguments
  std::vector<Lasting> lasting;  ///< counted once, however often it is said
  std::vector<Lasting> undone;   ///< perhaps; nobody can tell whether it is still there
  std::vector<Outside> outside;
  bool only_if_new = false;      ///< IF NOT EXISTS, OR REPLACE: nothing is made when it is there
  bool removes = false;          ///< drops something, perhaps with all that depends on it
  bool fills = false;            ///< changes rows, which may fire triggers
  bool is_partitioned = false;   ///< a table with PARTITION BY
  bool joins_partition = false;  ///< makes a table a partition of another one
  std::string reaches;           ///< the table whose partitions get what is made, too: no ONLY
  KindSet unclear;               ///< of these nobody can tell the number any more
  std::string_view reason;       ///< why; a literal
};

/// Never fails: what is not understood makes every kind unclear. `statement` is what describe() said of the
/// same text; `schema` is where names without one lie.
Objects objects_of(std::string_view text, const Statement& statement, std::string_view schema);

}  // namespace recover::postgresql::dump
