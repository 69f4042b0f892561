// ALTER ... : most of what pg_dump writes after the data. One action per statement is understood; a
// statement with several needs everything.
#include "postgresql/dump/describer.hpp"

#include <algorithm>

namespace recover::postgresql::dump {

void Describer::alter() {
  if (tokens_.take("database")) {
    is(StatementKind::alter_database);
    result_.name = tokens_.take_name();
  } else if (tokens_.at("role") || tokens_.at("user") || tokens_.at("group")) {
    tokens_.advance();
    if (tokens_.at("mapping")) return;
    is(StatementKind::role_property);
    result_.name = tokens_.take_name();
  } else if (tokens_.take_all({"default", "privileges"})) {
    is(StatementKind::privileges);
  } else if (tokens_.take("index")) {
    alter_index();
  } else if (tokens_.take("table") || tokens_.take_all({"foreign", "table"})) {
    alter_table();
  } else if (tokens_.take("sequence") || tokens_.take("view") || tokens_.take_all({"materialized", "view"})) {
    result_.object = take_relation();
    owner();
    if (result_.kind == StatementKind::owner) needs_alone({result_.object});
  } else {
    owner();
  }
}

void Describer::owner() {
  if (!tokens_.find("owner")) return;
  tokens_.advance();
  if (tokens_.at("to")) is(StatementKind::owner);
}

void Describer::alter_index() {
  result_.object = take_relation();
  if (!tokens_.take_all({"attach", "partition"})) return;
  is(StatementKind::attach_partition);
  needs_alone({result_.object, take_relation()});
}

void Describer::alter_table() {
  result_.object = take_relation();
  if (tokens_.take("add")) {
    add_table_constraint();
  } else if (tokens_.take_all({"attach", "partition"})) {
    is(StatementKind::attach_partition);
    needs_alone({result_.object, take_relation()});
  } else if (tokens_.take("inherit")) {
    needs_alone({result_.object, take_relation()});
  } else if (tokens_.take_all({"owner", "to"})) {
    is(StatementKind::owner);
    needs_alone({result_.object});
  } else if (changes_only_the_table()) {
    needs_alone({result_.object});
  }
  if (more_actions_follow()) result_.footprint = {{}, {}, true};
}

void Describer::add_table_constraint() {
  std::string constraint;
  if (tokens_.take("constraint")) constraint = tokens_.take_name();
  if (tokens_.take_all({"foreign", "key"})) {
    add_foreign_key(constraint);
  } else if (tokens_.take_all({"primary", "key"}) || tokens_.take("unique") || tokens_.take("exclude") ||
             tokens_.take("check") || tokens_.take_all({"not", "null"})) {
    add_key(constraint);
  }
}

void Describer::add_foreign_key(const std::string& constraint) {
  is(StatementKind::add_foreign_key);
  result_.links_tables = true;
  result_.name = constraint;
  if (!tokens_.find("references")) return;
  tokens_.advance();
  std::vector<std::string> names = {result_.object, take_relation()};
  if (names[0] == names[1]) names.pop_back();
  needs_alone(std::move(names));
}

void Describer::add_key(const std::string& constraint) {
  is(StatementKind::add_constraint);
  result_.name = constraint;
  std::vector<std::string> names = {result_.object};
  // The constraint's index has its name and lives beside the table.
  if (!constraint.empty()) names.push_back(beside(result_.object, constraint));
  if (tokens_.take_all({"using", "index"}) && !tokens_.at("tablespace")) {
    names.push_back(beside(result_.object, tokens_.take_name()));
  }
  needs_alone(std::move(names));
}

bool Describer::changes_only_the_table() {
  if (tokens_.take_all({"cluster", "on"}) || tokens_.take_all({"replica", "identity"})) return true;
  if (tokens_.take("force") || tokens_.take_all({"no", "force"})) return true;
  if (tokens_.take("enable") || tokens_.take("disable")) {
    if (!tokens_.take("always")) tokens_.take("replica");
    return !tokens_.at("trigger");  // reaches the triggers of all partitions
  }
  if (!tokens_.take("alter")) return false;
  tokens_.take("column");
  tokens_.take_name();
  // SET DEFAULT, SET STATISTICS, SET STORAGE, SET NOT NULL; ADD GENERATED makes a sequence, TYPE rewrites
  // the table with an expression that may read others.
  return tokens_.take("set");
}

bool Describer::more_actions_follow() {
  while (!tokens_.is_end() && !tokens_.at_symbol(',')) {
    if (tokens_.at_symbol('(')) {
      tokens_.skip_parentheses();
    } else {
      tokens_.advance();
    }
  }
  return !tokens_.is_end();
}

}  // namespace recover::postgresql::dump
