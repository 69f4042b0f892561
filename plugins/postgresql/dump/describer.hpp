/// Works out what one statement does. For statement.cpp and its parts only.
#pragma once

#include "postgresql/dump/statement.hpp"
#include "postgresql/dump/tokens.hpp"

#include <string>
#include <string_view>

namespace recover::postgresql::dump {

/// A canonical name with `schema` in front where it has none; unchanged when either is empty.
std::string with_schema(std::string name, std::string_view schema);

class Describer {
 public:
  Describer(std::string_view text, std::string_view schema) : tokens_(text), schema_(schema) {
    result_.footprint.everything = true;
  }
  Statement describe();

 private:
  void create();
  bool create_global();
  void create_relation_part();
  void create_index();
  void create_trigger();
  void create_statistics();
  void alter();
  void alter_table();
  void alter_index();
  void add_table_constraint();
  void add_foreign_key(const std::string& constraint);
  void add_key(const std::string& constraint);
  bool changes_only_the_table();
  void owner();
  void drop();
  void set();
  void select();
  void copy();
  void copy_options();
  void insert();
  void comment();
  void privileges();

  /// A relation's name, after IF EXISTS, IF NOT EXISTS and ONLY.
  std::string take_relation();
  [[nodiscard]] std::string qualified(std::string name) const {
    return with_schema(std::move(name), schema_);
  }
  void is(StatementKind kind) { result_.kind = kind; }
  /// Needs these names alone and nothing else.
  void needs_alone(std::vector<std::string> names);
  /// The name of a string literal that spells a relation ('public.s').
  std::string relation_of_literal();
  bool more_actions_follow();

  Tokens tokens_;
  std::string_view schema_;
  Statement result_;
};

/// The name beside `relation` in its schema.
std::string beside(const std::string& relation, const std::string& name);

}  // namespace recover::postgresql::dump
