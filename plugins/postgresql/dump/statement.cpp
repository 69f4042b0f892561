// What a statement does, decided by its key words and names alone. A load may run two statements at the same
// time only when it knows what they touch, so everything that is not plainly recognised needs everything: a
// wrong guess here would be a deadlock or a missing object, a missing guess is only a little time.
//
// Locks: chapter "Explicit Locking" of the manual; forms: what pg_dump writes (pg_dump.c), old and new.
#include "postgresql/dump/statement.hpp"

#include "postgresql/dump/describer.hpp"

#include <algorithm>
#include <array>

namespace recover::postgresql::dump {

namespace {

/// Large objects have one lock of their own: descriptors belong to a session.
constexpr const char* large_objects = "pg_catalog.pg_largeobject";

bool is_one_of(const Tokens& tokens, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return tokens.at(word); });
}

/// Is there a REFERENCES of a column or table constraint?
bool has_reference(Tokens tokens) {
  while (!tokens.is_end() && !tokens.at("references")) tokens.advance();
  return !tokens.is_end();
}

}  // namespace

bool is_global(StatementKind kind) {
  return kind == StatementKind::create_role || kind == StatementKind::role_property ||
         kind == StatementKind::create_tablespace || kind == StatementKind::create_database ||
         kind == StatementKind::alter_database || kind == StatementKind::drop_database;
}

std::string beside(const std::string& relation, const std::string& name) {
  std::size_t dot = std::string::npos;
  bool is_quoted = false;
  for (std::size_t i = 0; i < relation.size(); ++i) {
    if (relation[i] == '"') is_quoted = !is_quoted;
    if (relation[i] == '.' && !is_quoted) dot = i;
  }
  const std::string quoted = quoted_where_needed(name);
  return dot == std::string::npos ? quoted : relation.substr(0, dot + 1) + quoted;
}

std::string with_schema(std::string name, std::string_view schema) {
  if (name.empty() || schema.empty()) return name;
  bool is_quoted = false;
  for (const char c : name) {
    if (c == '"') is_quoted = !is_quoted;
    if (c == '.' && !is_quoted) return name;
  }
  return std::string(schema) + "." + name;
}

Statement Describer::describe() {
  struct Verb {
    std::string_view word;
    void (Describer::*act)();
  };
  static constexpr std::array<Verb, 11> verbs = {{
      {"create", &Describer::create},
      {"alter", &Describer::alter},
      {"drop", &Describer::drop},
      {"set", &Describer::set},
      {"reset", &Describer::set},
      {"select", &Describer::select},
      {"copy", &Describer::copy},
      {"insert", &Describer::insert},
      {"comment", &Describer::comment},
      {"grant", &Describer::privileges},
      {"revoke", &Describer::privileges},
  }};
  for (const Verb& verb : verbs) {
    if (!tokens_.take(verb.word)) continue;
    (this->*verb.act)();
    return std::move(result_);
  }
  if (is_one_of(tokens_, {"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release",
                          "prepare", "lock"})) {
    is(StatementKind::transaction);
  } else if (tokens_.take_all({"refresh", "materialized", "view"})) {
    is(StatementKind::refresh);
    tokens_.take("concurrently");
    result_.object = take_relation();
  }
  return std::move(result_);
}

std::string Describer::take_relation() {
  if (tokens_.take("if")) {
    tokens_.take("not");
    tokens_.take("exists");
  }
  tokens_.take("only");
  std::string name = qualified(tokens_.take_qualified_name());
  tokens_.take_symbol('*');
  return name;
}

void Describer::needs_alone(std::vector<std::string> names) {
  const bool is_known =
      std::none_of(names.begin(), names.end(), [](const auto& name) { return name.empty(); });
  result_.footprint.everything = !is_known;
  if (is_known) result_.footprint.exclusive = std::move(names);
}

void Describer::create() {
  is(StatementKind::create_other);
  tokens_.take_all({"or", "replace"});
  if (create_global()) return;
  if (is_one_of(tokens_, {"global", "local", "temporary", "temp", "unlogged"})) {
    while (is_one_of(tokens_, {"global", "local", "temporary", "temp", "unlogged"})) tokens_.advance();
  }
  if (tokens_.take("table")) {
    is(StatementKind::create_table);
    result_.object = take_relation();
    result_.links_tables = has_reference(tokens_);
  } else {
    create_relation_part();
  }
}

bool Describer::create_global() {
  if (tokens_.take("database")) {
    is(StatementKind::create_database);
  } else if (tokens_.take("tablespace")) {
    is(StatementKind::create_tablespace);
  } else if (is_one_of(tokens_, {"role", "user", "group"})) {
    tokens_.advance();
    if (tokens_.at("mapping")) return true;
    is(StatementKind::create_role);
  } else {
    return false;
  }
  result_.name = tokens_.take_name();
  return true;
}

void Describer::create_relation_part() {
  if (tokens_.take("index") || tokens_.take_all({"unique", "index"})) {
    create_index();
  } else if (tokens_.take("trigger") || tokens_.take_all({"constraint", "trigger"})) {
    create_trigger();
  } else if (tokens_.take("policy")) {
    tokens_.take_name();
    if (tokens_.take("on")) result_.object = take_relation();
    needs_alone({result_.object});
  } else if (tokens_.take("rule")) {
    // CREATE RULE name AS ON event TO table
    result_.links_tables = true;
    if (tokens_.find("on") && tokens_.find("to")) {
      tokens_.advance();
      result_.object = take_relation();
    }
    needs_alone({result_.object});
  } else if (tokens_.take("statistics")) {
    create_statistics();
  } else {
    while (is_one_of(tokens_, {"materialized", "foreign", "recursive", "view", "sequence", "table"})) {
      tokens_.advance();
      result_.object = take_relation();
    }
  }
}

void Describer::create_index() {
  is(StatementKind::create_index);
  const bool is_concurrent = tokens_.take("concurrently");
  tokens_.take_all({"if", "not", "exists"});
  if (!tokens_.at("on")) result_.name = tokens_.take_name();
  if (!tokens_.take("on")) return;
  result_.object = take_relation();
  if (result_.object.empty() || is_concurrent) return;
  result_.footprint.everything = false;
  if (result_.name.empty()) {
    result_.footprint.exclusive = {result_.object};
  } else {
    result_.footprint.exclusive = {beside(result_.object, result_.name)};
    result_.footprint.shared = {result_.object};
  }
}

void Describer::create_trigger() {
  result_.links_tables = true;
  tokens_.take_name();
  if (!tokens_.find("on")) return;
  tokens_.advance();
  result_.object = take_relation();
  std::vector<std::string> names = {result_.object};
  if (tokens_.take("from")) names.push_back(take_relation());
  needs_alone(std::move(names));
}

void Describer::create_statistics() {
  const std::string name = take_relation();
  if (!tokens_.find("from")) return;
  tokens_.advance();
  result_.object = take_relation();
  needs_alone({name, result_.object});
}

void Describer::drop() {
  if (!tokens_.take("database")) return;
  is(StatementKind::drop_database);
  tokens_.take_all({"if", "exists"});
  result_.name = tokens_.take_name();
}

void Describer::set() {
  is(StatementKind::setting);
  if (is_one_of(tokens_, {"local", "transaction", "constraints"}) ||
      tokens_.take_all({"session", "characteristics"})) {
    is(StatementKind::transaction);
  }
}

void Describer::select() {
  is(StatementKind::select_other);
  tokens_.take_all({"pg_catalog"});
  tokens_.take_symbol('.');
  const std::string function = tokens_.take_name();
  if (!tokens_.take_symbol('(')) return;
  if (function == "set_config") {
    is(StatementKind::setting);
  } else if (function == "setval") {
    is(StatementKind::setval);
    result_.object = relation_of_literal();
    needs_alone({result_.object});
  } else if (function.starts_with("lo_") || function == "lowrite" || function == "loread") {
    is(StatementKind::large_object);
    needs_alone({large_objects});
  }
}

std::string Describer::relation_of_literal() {
  if (tokens_.current().kind != TokenKind::string) return {};
  const std::string spelled = value_of(tokens_.current());
  return qualified(Tokens(spelled).take_qualified_name());
}

void Describer::copy() {
  is(StatementKind::copy);
  result_.is_binary = tokens_.take("binary");
  if (tokens_.at_symbol('(')) return;  // a query
  result_.object = take_relation();
  if (tokens_.take_symbol('(')) {
    while (tokens_.current().is_name()) {
      result_.columns.push_back(tokens_.take_name());
      tokens_.take_symbol(',');
    }
    tokens_.take_symbol(')');
  }
  const bool has_object_ids = tokens_.take_all({"with", "oids"});
  if (!tokens_.take("from") || !(tokens_.take("stdin") || tokens_.take("stdout"))) return;
  result_.reads_rows = true;
  result_.freeze_possible = tokens_.is_end() && !has_object_ids && !result_.is_binary;
  copy_options();
  needs_alone({result_.object});
}

void Describer::copy_options() {
  for (bool is_format = false; !tokens_.is_end(); tokens_.advance()) {
    const Token& token = tokens_.current();
    // As a word in the old syntax (WITH CSV), as a word or a string behind FORMAT in the new one.
    if (token.is_name() || is_format) {
      const std::string value = token.is_name() ? name_of(token) : value_of(token);
      result_.is_csv = result_.is_csv || value == "csv";
      result_.is_binary = result_.is_binary || value == "binary";
    }
    is_format = token.is("format");
  }
}

void Describer::insert() {
  is(StatementKind::insert);
  if (!tokens_.take("into")) return;
  result_.object = take_relation();
  if (tokens_.take("as")) tokens_.take_name();
  tokens_.skip_parentheses();
  if (tokens_.take("overriding")) {
    tokens_.advance();
    tokens_.take("value");
  }
  if (is_one_of(tokens_, {"values", "default"})) needs_alone({result_.object});
}

void Describer::comment() {
  is(StatementKind::comment);
  if (!tokens_.take("on")) return;
  if (is_one_of(tokens_, {"constraint", "trigger", "policy", "rule"})) {
    const bool is_constraint = tokens_.at("constraint");
    tokens_.advance();
    result_.name = tokens_.take_name();
    if (!tokens_.take("on") || tokens_.at("domain")) return;
    result_.object = take_relation();
    std::vector<std::string> names = {result_.object};
    if (is_constraint) names.push_back(beside(result_.object, result_.name));
    needs_alone(std::move(names));
  } else if (tokens_.take("column")) {
    std::string column = tokens_.take_qualified_name();
    // The relation is all but the last part.
    const std::string end = beside(column, "x");
    result_.object = end.size() > 2 ? qualified(end.substr(0, end.size() - 2)) : std::string();
    needs_alone({result_.object});
  } else if (is_one_of(tokens_, {"table", "index", "sequence", "view", "statistics"})) {
    tokens_.advance();
    result_.object = take_relation();
    needs_alone({result_.object});
  } else if (tokens_.take_all({"large", "object"})) {
    needs_alone({large_objects});
  }
}

void Describer::privileges() {
  is(StatementKind::privileges);
  if (!tokens_.find("on")) return;
  tokens_.advance();
  if (tokens_.take_all({"large", "object"})) return needs_alone({large_objects});
  if (!tokens_.take("table") && !tokens_.take("sequence")) return;
  const std::string relation = take_relation();
  if (tokens_.at_symbol(',')) return;
  result_.object = relation;
  needs_alone({relation});
}

Statement describe(std::string_view text, std::string_view schema) {
  return Describer(text, schema).describe();
}

bool may_overlap(const Footprint& one, const Footprint& other) {
  if (one.everything || other.everything) return false;
  const auto disturbs = [](const Footprint& left, const Footprint& right) {
    return std::any_of(left.exclusive.begin(), left.exclusive.end(), [&](const std::string& name) {
      return std::find(right.exclusive.begin(), right.exclusive.end(), name) != right.exclusive.end() ||
             std::find(right.shared.begin(), right.shared.end(), name) != right.shared.end();
    });
  };
  return !disturbs(one, other) && !disturbs(other, one);
}

}  // namespace recover::postgresql::dump
