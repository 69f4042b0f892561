// Privileges are counted by what has a list of them. Whoever grants or revokes something on an object for the
// first time gives it such a list, which it keeps even where it says what holds for everybody; only that of a
// column goes away with its last privilege (ExecGrant_Relation and ExecGrant_Attribute in
// src/backend/catalog/aclchk.c). What databases, tablespaces and parameters have lies outside the databases
// and is gathered by name; what the server's own objects have was there before the dump and is not counted.
#include "postgresql/dump/describer.hpp"
#include "postgresql/dump/object_reader.hpp"

#include <algorithm>

namespace recover::postgresql::dump {

namespace {

constexpr std::string_view takes_back = "it may take back or repeat what holds anyway";

bool is_system_schema(std::string_view name) {
  return name == "public" || name == "information_schema" || name.starts_with("pg_");
}

bool is_in_system_schema(std::string_view name) {
  return name.starts_with("pg_catalog.") || name.starts_with("information_schema.");
}

/// CURRENT_USER and its like: nobody knows here who that is.
bool is_meant_by_session(std::string_view role) {
  return role == "current_user" || role == "current_role" || role == "session_user";
}

}  // namespace

KindSet granted_kinds() {
  return set_of({ObjectKind::granted_relation, ObjectKind::granted_columns, ObjectKind::granted_schema,
                 ObjectKind::granted_function, ObjectKind::granted_type, ObjectKind::granted_large_object,
                 ObjectKind::granted_wrapper, ObjectKind::granted_server, ObjectKind::granted_language});
}

std::vector<std::string> ObjectReader::take_names() {
  std::vector<std::string> names;
  do {
    tokens_.take("group");
    names.push_back(tokens_.take_name());
  } while (tokens_.take_symbol(','));
  return names;
}

/// {GRANT | REVOKE} {privilege [(column [, ...])] [, ...]} ON ...; that of roles has no ON.
void ObjectReader::privileges() {
  GrantForm form;
  form.revokes = tokens_.at("revoke");
  do {
    bool is_of_columns = false;
    while (!tokens_.is_end() && !tokens_.at_symbol(',') && !tokens_.at("on")) {
      is_of_columns = is_of_columns || tokens_.at_symbol('(');
      if (tokens_.at_symbol('('))
        tokens_.skip_parentheses();
      else
        tokens_.advance();
    }
    (is_of_columns ? form.on_columns : form.on_whole) = true;
  } while (tokens_.take_symbol(','));
  if (!tokens_.take("on")) return;
  if (tokens_.at("all")) return cannot_tell(granted_kinds(), "it grants on all objects of a schema");
  for (const std::string_view what : {"database", "tablespace", "parameter"}) {
    if (tokens_.take(what)) return privileges_outside(what, form);
  }
  if (tokens_.take("language")) return privileges_on(ObjectKind::granted_language, form);
  if (tokens_.take_all({"foreign", "data", "wrapper"}))
    return privileges_on(ObjectKind::granted_wrapper, form);
  if (tokens_.take_all({"foreign", "server"})) return privileges_on(ObjectKind::granted_server, form);
  if (tokens_.take_all({"large", "object"})) return privileges_on(ObjectKind::granted_large_object, form);
  if (tokens_.take("schema")) return privileges_on(ObjectKind::granted_schema, form);
  if (tokens_.take("function") || tokens_.take("procedure") || tokens_.take("routine"))
    return privileges_on(ObjectKind::granted_function, form);
  if (tokens_.take("type") || tokens_.take("domain")) return privileges_on(ObjectKind::granted_type, form);
  if (!tokens_.take("table")) tokens_.take("sequence");
  privileges_on(ObjectKind::granted_relation, form);
}

/// name [, ...] {TO | FROM} ...
void ObjectReader::privileges_on(ObjectKind kind, const GrantForm& form) {
  const bool is_in_schema = kind == ObjectKind::granted_relation || kind == ObjectKind::granted_function ||
                            kind == ObjectKind::granted_type;
  do {
    std::string name = tokens_.take_qualified_name();
    if (kind == ObjectKind::granted_large_object) {
      name = tokens_.current().text;
      tokens_.advance();
    }
    if (name.empty()) return cannot_tell(granted_kinds(), not_understood);
    tokens_.skip_parentheses();
    if (kind == ObjectKind::granted_schema && is_system_schema(name)) continue;
    std::string needs;
    if (is_in_schema) {
      const std::string written = std::exchange(name, with_schema(name, schema_));
      if (is_in_system_schema(name)) continue;
      // The server may mean one of its own by a bare name.
      if (name != written || written.find('.') == std::string::npos) needs = name;
    }
    if (kind == ObjectKind::granted_relation && form.on_columns && !form.revokes)
      last(ObjectKind::granted_columns, name, needs);
    if (kind == ObjectKind::granted_relation && form.revokes) undo(ObjectKind::granted_columns, name);
    if (form.on_whole) last(kind, name, needs);
  } while (tokens_.take_symbol(','));
}

/// A parameter loses its list with its last privilege; the others keep theirs (ExecGrant_Parameter).
void ObjectReader::privileges_outside(std::string_view what, const GrantForm& form) {
  const bool is_parameter = what == "parameter";
  do {
    std::string name = tokens_.take_name();
    while (tokens_.take_symbol('.')) name += "." + tokens_.take_name();
    const auto lower = [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    if (is_parameter) std::transform(name.begin(), name.end(), name.begin(), lower);
    result_.outside.push_back({what, std::move(name), form.revokes && is_parameter});
  } while (tokens_.take_symbol(','));
}

/// SECURITY LABEL [FOR provider] ON kind name IS {'label' | NULL}
void ObjectReader::security_label() {
  constexpr std::string_view takes_away = "it takes a label away";
  if (!tokens_.find("on")) return cannot_tell(set_of({ObjectKind::security_label}), not_understood);
  const std::size_t begin = tokens_.position();
  tokens_.advance();
  std::string_view what;
  if (tokens_.take("database")) what = "label of a database";
  if (tokens_.take("tablespace")) what = "label of a tablespace";
  if (tokens_.take("role")) what = "label of a role";
  if (!what.empty()) result_.outside.push_back({what, tokens_.take_name()});
  if (!tokens_.find("is")) return cannot_tell(set_of({ObjectKind::security_label}), not_understood);
  const std::string name = std::string(tokens_.text().substr(0, begin)) + written_since(begin);
  tokens_.advance();
  const bool takes = tokens_.at("null");
  if (!what.empty()) {
    result_.outside.back().is_taken_back = takes;
  } else if (takes) {
    cannot_tell(set_of({ObjectKind::security_label}), takes_away);
  } else {
    last(ObjectKind::security_label, name);
  }
}

/// [FOR ROLE owner [, ...]] [IN SCHEMA schema [, ...]] {GRANT | REVOKE} ... ON kind {TO | FROM} role [, ...]
void ObjectReader::default_privileges() {
  std::vector<std::string> owners;
  std::vector<std::string> schemas = {""};
  if (tokens_.take("for")) {
    tokens_.advance();
    owners = take_names();
  }
  if (tokens_.take_all({"in", "schema"})) schemas = take_names();
  const bool revokes = tokens_.at("revoke");
  tokens_.advance();
  const bool is_about_options = tokens_.at("grant");
  if (owners.empty() || is_about_options || !tokens_.find("on"))
    return cannot_tell(set_of({ObjectKind::default_privileges}), not_understood);
  tokens_.advance();
  std::string on = tokens_.take_name();
  if (on == "routines") on = "functions";
  tokens_.take("objects");
  tokens_.advance();
  const std::vector<std::string> roles = take_names();
  for (const std::string& owner : owners) {
    for (const std::string& schema : schemas) {
      for (const std::string& role : roles) default_privileges_of(owner, schema, on, role, revokes);
    }
  }
}

/// They are kept as long as they differ from what the server has by itself: everything for the owner, the use
/// of functions and types for everybody, and nothing in single schemas.
void ObjectReader::default_privileges_of(const std::string& owner, const std::string& schema,
                                         const std::string& on, const std::string& role, bool revokes) {
  constexpr ObjectKind kind = ObjectKind::default_privileges;
  if (is_meant_by_session(owner) || is_meant_by_session(role)) return cannot_tell(set_of({kind}), takes_back);
  const std::string name = owner + "|" + schema + "|" + on;
  const bool is_open = role == "public" && (on == "functions" || on == "types");
  const bool has_it = schema.empty() && (role == owner || is_open);
  if (has_it == revokes) return last(kind, name);
  if (has_it) return cannot_tell(set_of({kind}), takes_back);
  undo(kind, name);
}

}  // namespace recover::postgresql::dump
