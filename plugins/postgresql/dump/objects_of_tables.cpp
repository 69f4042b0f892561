// Tables bring constraints and sequences along, in CREATE TABLE and in ALTER TABLE. A constraint is known by
// its reserved word outside parentheses, which no name or type can be without quotes.
#include "postgresql/dump/object_reader.hpp"

#include <algorithm>
#include <array>

namespace recover::postgresql::dump {

/// name (elements) [INHERITS | PARTITION BY ...], name PARTITION OF parent (elements) ..., name AS query
void ObjectReader::create_table() {
  result_.name = table_ = take_relation();
  if (tokens_.take_all({"partition", "of"})) {
    result_.joins_partition = true;
    cannot_tell(set_of({ObjectKind::check_constraint}), "partitions have the constraints of their table");
    tokens_.take_qualified_name();
  } else if (tokens_.take("of")) {
    tokens_.take_qualified_name();
  }
  if (tokens_.at_symbol('(')) elements();
  for (; !tokens_.is_end() && !tokens_.at("as"); tokens_.advance()) {
    tokens_.skip_parentheses();
    if (tokens_.take_all({"partition", "by"})) result_.is_partitioned = true;
  }
  if (tokens_.take("as") && tokens_.at("execute")) cannot_tell(runs_code);
}

void ObjectReader::elements() {
  do {
    tokens_.advance();
    element(false);
  } while (tokens_.at_symbol(','));
  tokens_.take_symbol(')');
}

/// Up to where the constraints of a column begin, or to a constraint of the table.
void ObjectReader::begin_element() {
  static constexpr std::array<std::string_view, 6> serials = {"serial",  "bigserial", "smallserial",
                                                              "serial2", "serial4",   "serial8"};
  column_.clear();
  if (tokens_.take("constraint")) tokens_.take_name();
  if (tokens_.at("like")) cannot_tell("it makes a table like another one");
  if (at_one_of(tokens_, {"check", "primary", "unique", "foreign", "not"})) return;
  const bool is_exclude = tokens_.at("exclude");
  column_ = tokens_.take_name();
  if (is_exclude && (tokens_.at("using") || tokens_.at_symbol('('))) {
    column_.clear();
    return make(ObjectKind::exclusion_constraint);
  }
  if (std::any_of(serials.begin(), serials.end(), [&](auto type) { return tokens_.at(type); })) {
    make(ObjectKind::sequence);
    not_null();
  }
}

/// A column with its constraints, or a constraint, up to the comma or parenthesis behind it.
void ObjectReader::element(bool can_be_not_valid) {
  begin_element();
  bool can_be_unvalidated = false;
  while (!tokens_.is_end() && !tokens_.at_symbol(',') && !tokens_.at_symbol(')')) {
    if (tokens_.at_symbol('(')) {
      tokens_.skip_parentheses();
      continue;
    }
    if (tokens_.take("primary")) {
      primary_key();
      continue;
    }
    if (tokens_.take_all({"not", "null"}) || tokens_.take_all({"as", "identity"})) {
      not_null();
      continue;
    }
    if (tokens_.at("unique")) make(ObjectKind::unique_constraint);
    if (tokens_.at("check")) make(ObjectKind::check_constraint);
    if (tokens_.at("references")) make(ObjectKind::foreign_key);
    can_be_unvalidated = can_be_unvalidated || at_one_of(tokens_, {"check", "references"});
    if (tokens_.take("not")) {
      const bool is_unvalidated = tokens_.at("enforced") || (can_be_not_valid && tokens_.at("valid"));
      if (can_be_unvalidated && is_unvalidated) make(ObjectKind::unvalidated_constraint);
      can_be_unvalidated = can_be_unvalidated && !is_unvalidated;
      continue;
    }
    if (tokens_.take_all({"using", "index"})) {
      if (!tokens_.at("tablespace"))
        cannot_tell(set_of({ObjectKind::index, ObjectKind::not_null_constraint}),
                    "it makes indexes that become constraints");
      continue;
    }
    tokens_.advance();
  }
}

/// The columns of a primary key must not be null. KEY [(column [, ...] [WITHOUT OVERLAPS])]
void ObjectReader::primary_key() {
  make(ObjectKind::primary_key);
  tokens_.take("key");
  if (!tokens_.at_symbol('(')) {
    if (!column_.empty()) not_null();
    return;
  }
  const std::string before = column_;
  do {
    tokens_.advance();
    column_ = tokens_.take_name();
    not_null();
    while (!tokens_.is_end() && !tokens_.at_symbol(',') && !tokens_.at_symbol(')')) tokens_.advance();
  } while (tokens_.at_symbol(','));
  tokens_.take_symbol(')');
  column_ = before;
}

/// Behind NOT NULL; in a constraint of a table the name of the column follows. What NOT NULL, a primary key
/// and an identity say of one column is counted once.
void ObjectReader::not_null() {
  const bool is_named_behind = column_.empty() && !is_domain_;
  const std::string name = is_named_behind ? tokens_.take_name() : column_;
  last(ObjectKind::not_null_constraint, table_ + "|" + name, is_altered_ ? table_ : std::string());
}

void ObjectReader::alter() {
  is_altered_ = true;
  if (tokens_.take("table") || tokens_.take_all({"foreign", "table"})) return alter_table();
  if (tokens_.take_all({"default", "privileges"})) return default_privileges();
  if (at_one_of(tokens_, {"role", "user", "group", "database", "tablespace", "system"})) return;
  if (tokens_.at("extension")) return cannot_tell("it changes what belongs to an extension");
  if (tokens_.take("domain")) {
    table_ = take_relation();
    is_domain_ = true;
    return alter_table_action();
  }
  for (; !tokens_.is_end(); tokens_.advance()) {
    if (tokens_.at("rename") || tokens_.take_all({"set", "schema"})) return cannot_tell(renames);
  }
}

void ObjectReader::alter_table() {
  tokens_.take_all({"if", "exists"});
  if (!tokens_.take("only")) result_.reaches = statement_.object;
  table_ = take_relation();
  tokens_.take_symbol('*');
  do {
    alter_table_action();
    while (!tokens_.is_end() && !tokens_.at_symbol(',')) {
      if (tokens_.at_symbol('('))
        tokens_.skip_parentheses();
      else
        tokens_.advance();
    }
  } while (tokens_.take_symbol(','));
}

void ObjectReader::alter_table_action() {
  if (tokens_.take("add")) {
    tokens_.take("column");
    const bool is_conditional = tokens_.take_all({"if", "not", "exists"});
    element(true);
    if (is_conditional) cannot_tell("it adds columns only where they are missing");
  } else if (tokens_.at("drop") || tokens_.at("detach")) {
    result_.removes = true;
  } else if (tokens_.at("rename") || tokens_.take_all({"set", "schema"})) {
    cannot_tell(renames);
  } else if (tokens_.take_all({"attach", "partition"})) {
    result_.joins_partition = true;
  } else if (tokens_.at("validate") || tokens_.take_all({"alter", "constraint"})) {
    cannot_tell(set_of({ObjectKind::unvalidated_constraint}), "it changes constraints");
  } else if (tokens_.take_all({"set", "not", "null"})) {  // of a domain
    not_null();
  } else if (tokens_.take("alter")) {
    alter_column();
  }
}

void ObjectReader::alter_column() {
  tokens_.take("column");
  column_ = tokens_.take_name();
  if (tokens_.take_all({"set", "not", "null"})) not_null();
  if (tokens_.take_all({"drop", "not", "null"}))
    cannot_tell(set_of({ObjectKind::not_null_constraint}), "it lets columns be null again");
}

}  // namespace recover::postgresql::dump
