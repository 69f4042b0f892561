// The text of a dump says what it makes; this reads it off, one statement at a time. Only the heads of
// statements and the elements of tables are looked at, never an expression or a function's body. What runs
// code (DO, CALL, SELECT of a function) may make anything, so after it nobody can tell: that is said, and
// never guessed. Forms: pg_dump.c, and the manual's chapter "SQL Commands" for what people write by hand.
#include "postgresql/dump/objects.hpp"

#include "postgresql/dump/object_reader.hpp"

#include <algorithm>
#include <array>

namespace recover::postgresql::dump {

namespace {

struct Form {
  std::string_view words;
  ObjectKind kind;
};

/// CREATE ... ; longer ones before their beginnings.
constexpr std::array<Form, 38> forms = {{
    {"foreign table", ObjectKind::foreign_table},
    {"foreign data wrapper", ObjectKind::foreign_data_wrapper},
    {"materialized view", ObjectKind::materialized_view},
    {"event trigger", ObjectKind::event_trigger},
    {"constraint trigger", ObjectKind::trigger},
    {"unique index", ObjectKind::index},
    {"recursive view", ObjectKind::view},
    {"operator class", ObjectKind::operator_class},
    {"text search configuration", ObjectKind::search_configuration},
    {"text search dictionary", ObjectKind::search_dictionary},
    {"text search parser", ObjectKind::search_parser},
    {"text search template", ObjectKind::search_template},
    {"default conversion", ObjectKind::conversion},
    {"user mapping", ObjectKind::user_mapping},
    {"access method", ObjectKind::access_method},
    {"schema", ObjectKind::schema},
    {"table", ObjectKind::table},
    {"view", ObjectKind::view},
    {"index", ObjectKind::index},
    {"sequence", ObjectKind::sequence},
    {"function", ObjectKind::function},
    {"procedure", ObjectKind::function},
    {"aggregate", ObjectKind::aggregate},
    {"type", ObjectKind::type},
    {"domain", ObjectKind::domain},
    {"trigger", ObjectKind::trigger},
    {"policy", ObjectKind::policy},
    {"rule", ObjectKind::rule},
    {"extension", ObjectKind::extension},
    {"cast", ObjectKind::cast},
    {"collation", ObjectKind::collation},
    {"conversion", ObjectKind::conversion},
    {"operator", ObjectKind::operator_symbol},
    {"publication", ObjectKind::publication},
    {"subscription", ObjectKind::subscription},
    {"server", ObjectKind::foreign_server},
    {"statistics", ObjectKind::statistics},
    {"transform", ObjectKind::transform},
}};

/// Takes "text search parser" word by word, or nothing.
bool take_words(Tokens& tokens, std::string_view words) {
  const Tokens before = tokens;
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    if (!tokens.take(words.substr(0, end))) {
      tokens = before;
      return false;
    }
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
  return true;
}

}  // namespace

KindSet set_of(std::initializer_list<ObjectKind> kinds) {
  KindSet set;
  for (const ObjectKind kind : kinds) set.set(static_cast<std::size_t>(kind));
  return set;
}

bool at_one_of(const Tokens& tokens, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return tokens.at(word); });
}

Objects ObjectReader::read() {
  if (at_one_of(tokens_, {"insert", "copy", "update", "delete", "truncate"})) {
    result_.fills = true;
  } else if (tokens_.take("create")) {
    create();
  } else if (tokens_.take("alter")) {
    alter();
  } else if (tokens_.take("drop")) {
    result_.removes = !at_one_of(tokens_, {"role", "user", "group", "database", "tablespace"});
  } else if (tokens_.take("comment")) {
    comment();
  } else if (tokens_.take("select")) {
    select();
  } else if (at_one_of(tokens_, {"grant", "revoke"})) {
    privileges();
  } else if (tokens_.take("security")) {
    security_label();
  } else if (at_one_of(tokens_, {"rollback", "abort"})) {
    cannot_tell("it takes back what it made");
  } else if (at_one_of(tokens_, {"do", "call", "execute", "with", "merge", "values", "explain"})) {
    cannot_tell(runs_code);
  } else if (!at_one_of(tokens_, {"set", "reset", "begin", "start", "commit", "end", "savepoint", "release",
                                  "lock", "refresh", "analyze", "vacuum", "cluster", "reindex", "notify",
                                  "reassign", "prepare", "discard", "checkpoint"})) {
    cannot_tell(not_understood);
  }
  return std::move(result_);
}

void ObjectReader::create() {
  result_.only_if_new = tokens_.take_all({"or", "replace"});
  if (at_one_of(tokens_, {"global", "local", "temporary", "temp"}))
    return cannot_tell("it makes temporary objects");
  while (at_one_of(tokens_, {"unlogged", "trusted", "procedural"})) tokens_.advance();
  if (tokens_.take("language")) {  // since PostgreSQL 13 this makes an extension
    if (tokens_.take_name() != "plpgsql") cannot_tell(set_of({ObjectKind::extension}), "it makes a language");
    return;
  }
  if (tokens_.take_all({"operator", "family"})) return create_operator_family();
  if (tokens_.take("database")) return create_database();
  const auto is_next = [&](const Form& form) { return take_words(tokens_, form.words); };
  if (const auto form = std::find_if(forms.begin(), forms.end(), is_next); form != forms.end())
    return create(form->kind);
  if (!at_one_of(tokens_, {"role", "user", "group", "tablespace"})) cannot_tell(not_understood);
}

void ObjectReader::create_database() {
  while (!tokens_.is_end() && !tokens_.at("template0")) tokens_.advance();
  if (tokens_.is_end()) cannot_tell("the database was made like one that may have contents");
}

void ObjectReader::create(ObjectKind kind) {
  tokens_.take("concurrently");
  if (tokens_.take_all({"if", "not", "exists"})) result_.only_if_new = true;
  switch (kind) {
    case ObjectKind::schema: return create_schema();
    case ObjectKind::extension: return create_extension();
    case ObjectKind::table:
    case ObjectKind::foreign_table: make(kind); return create_table();
    case ObjectKind::index: return create_index();
    case ObjectKind::function:
    case ObjectKind::aggregate: make(kind); return create_function();
    default: break;
  }
  const std::size_t begin = tokens_.position();
  result_.name = take_relation();
  if (kind == ObjectKind::type && tokens_.is_end()) return;  // a shell, which is filled later
  if (kind == ObjectKind::rule && result_.name.ends_with("\"_RETURN\""))
    return cannot_tell(
        set_of({ObjectKind::table, ObjectKind::view, ObjectKind::rule, ObjectKind::not_null_constraint}),
        "it makes views out of tables");
  make(kind);
  if (kind == ObjectKind::user_mapping || kind == ObjectKind::transform) {
    while (!tokens_.is_end() && !tokens_.at("options") && !tokens_.at_symbol('(')) tokens_.advance();
    result_.name = written_since(begin);
  }
  const bool is_part = kind == ObjectKind::trigger || kind == ObjectKind::policy || kind == ObjectKind::rule;
  if (is_part) result_.name += " of " + statement_.object;
  const bool may_share_name = kind == ObjectKind::operator_symbol || kind == ObjectKind::operator_class ||
                              kind == ObjectKind::statistics;  // which may have none
  if (kind == ObjectKind::operator_class) imply_operator_family();
  if (may_share_name) result_.name.clear();
  if (kind == ObjectKind::domain) create_domain();
}

void ObjectReader::create_domain() {
  table_ = result_.name;
  is_domain_ = true;
  while (!tokens_.is_end()) {
    if (tokens_.at_symbol('(')) {
      tokens_.skip_parentheses();
    } else if (tokens_.take_all({"not", "null"})) {
      not_null();
    } else {
      if (tokens_.at("check")) make(ObjectKind::check_constraint);
      tokens_.advance();
    }
  }
}

/// name USING method
void ObjectReader::create_operator_family() {
  const std::string name = take_relation();
  tokens_.take("using");
  last(ObjectKind::operator_family, name + "|" + tokens_.take_name());
}

/// FOR TYPE type USING method [FAMILY family] AS ...: without a family it gets one of its own name, unless
/// that is there (DefineOpClass in src/backend/commands/opclasscmds.c).
void ObjectReader::imply_operator_family() {
  if (!tokens_.find("using")) return;
  tokens_.advance();
  const std::string method = tokens_.take_name();
  if (!tokens_.at("family")) last(ObjectKind::operator_family, result_.name + "|" + method);
}

void ObjectReader::create_schema() {
  tokens_.take("authorization");
  result_.name = tokens_.take_name();
  if (result_.name != "public") make(ObjectKind::schema);
  if (tokens_.find("create")) cannot_tell("it makes a schema with contents");
}

void ObjectReader::create_extension() {
  result_.name = tokens_.take_name();
  if (result_.name == "plpgsql") return;
  make(ObjectKind::extension);
  bool has_schema = false;
  for (; !tokens_.is_end(); tokens_.advance()) {
    has_schema = has_schema || tokens_.at("schema");
    if (tokens_.at("cascade"))
      cannot_tell(set_of({ObjectKind::extension, ObjectKind::schema}), "extensions bring others along");
  }
  if (!has_schema) cannot_tell(set_of({ObjectKind::schema}), "an extension may have made its schema");
}

void ObjectReader::create_index() {
  make(ObjectKind::index);
  result_.name = statement_.object + "|" + statement_.name;
  if (statement_.name.empty()) result_.name.clear();
  if (tokens_.find("on")) {
    tokens_.advance();
    if (!tokens_.at("only")) result_.reaches = statement_.object;
  }
}

void ObjectReader::create_function() {
  result_.shared_name = take_relation();
  const std::size_t begin = tokens_.position();
  tokens_.skip_parentheses();
  result_.name = result_.shared_name + written_since(begin);
}

void ObjectReader::comment() {
  if (!tokens_.take("on")) return cannot_tell(not_understood);
  if (at_one_of(tokens_, {"database", "role", "tablespace", "extension", "language", "procedural"})) return;
  const std::size_t begin = tokens_.position();
  if (tokens_.take("schema") && tokens_.take_name() == "public") return;
  if (!tokens_.find("is")) return cannot_tell(not_understood);
  result_.name = std::string(schema_) + "|" + written_since(begin);
  result_.only_if_new = true;
  tokens_.advance();
  if (tokens_.at("null")) return cannot_tell(set_of({ObjectKind::comment}), "it takes comments away");
  make(ObjectKind::comment);
}

/// SELECT pg_catalog.lo_create('42') is the one that makes something and says so.
void ObjectReader::select() {
  if (statement_.kind == StatementKind::setting || statement_.kind == StatementKind::setval) return;
  if (statement_.kind != StatementKind::large_object) return cannot_tell(runs_code);
  if (tokens_.take("pg_catalog")) tokens_.take_symbol('.');
  const std::string function = tokens_.take_name();
  if (function == "lo_unlink") {
    result_.removes = true;
  } else if (function == "lo_create") {
    tokens_.take_symbol('(');
    tokens_.advance();
    const bool is_one = tokens_.take_symbol(')') && tokens_.is_end();
    if (!is_one) return cannot_tell(set_of({ObjectKind::large_object}), runs_code);
    make(ObjectKind::large_object);
  } else if (tokens_.text().find("lo_creat") != std::string_view::npos || function.starts_with("lo_import") ||
             function == "lo_from_bytea") {
    cannot_tell(set_of({ObjectKind::large_object}), runs_code);
  }
}

Objects objects_of(std::string_view text, const Statement& statement, std::string_view schema) {
  return ObjectReader(text, statement, schema).read();
}

}  // namespace recover::postgresql::dump
