/// Works out what one statement makes. For objects.cpp and its part only.
#pragma once

#include "postgresql/dump/describer.hpp"
#include "postgresql/dump/objects.hpp"
#include "postgresql/dump/tokens.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace recover::postgresql::dump {

inline constexpr std::string_view runs_code = "it runs code that may make anything";
inline constexpr std::string_view renames = "it renames or moves what it made";
inline constexpr std::string_view not_understood = "it is no statement that a dump is known to have";

bool at_one_of(const Tokens& tokens, std::initializer_list<std::string_view> words);

/// The part of GRANT or REVOKE that stands before ON.
struct GrantForm {
  bool revokes = false;
  bool on_whole = false;    ///< privileges on the objects themselves
  bool on_columns = false;  ///< privileges with lists of columns
};

class ObjectReader {
 public:
  ObjectReader(std::string_view text, const Statement& statement, std::string_view schema)
      : tokens_(text), statement_(statement), schema_(schema) {}

  Objects read();

 private:
  void create();
  void create(ObjectKind kind);
  void create_database();
  void create_schema();
  void create_table();
  void create_index();
  void create_function();
  void create_extension();
  void create_domain();
  void create_operator_family();
  void imply_operator_family();
  void elements();
  void element(bool can_be_not_valid);
  void begin_element();
  void primary_key();
  void not_null();
  void alter();
  void alter_table();
  void alter_table_action();
  void alter_column();
  void default_privileges();
  void default_privileges_of(const std::string& owner, const std::string& schema, const std::string& on,
                             const std::string& role, bool revokes);
  void privileges();
  void privileges_on(ObjectKind kind, const GrantForm& form);
  void privileges_outside(std::string_view what, const GrantForm& form);
  void security_label();
  std::vector<std::string> take_names();
  void comment();
  void select();

  void make(ObjectKind kind) { result_.made.push_back(kind); }
  void last(ObjectKind kind, std::string name, std::string needs = {}) {
    result_.lasting.push_back({kind, std::move(name), std::move(needs)});
  }
  void undo(ObjectKind kind, std::string name) { result_.undone.push_back({kind, std::move(name), {}}); }
  void cannot_tell(KindSet kinds, std::string_view reason) {
    result_.unclear |= kinds;
    result_.reason = reason;
  }
  void cannot_tell(std::string_view reason) { cannot_tell(KindSet().set(), reason); }
  std::string take_relation() { return with_schema(tokens_.take_qualified_name(), schema_); }
  /// The text between `begin` and the current token.
  [[nodiscard]] std::string written_since(std::size_t begin) const {
    return std::string(tokens_.text().substr(begin, tokens_.position() - begin));
  }

  Tokens tokens_;
  const Statement& statement_;
  std::string_view schema_;
  Objects result_;
  std::string table_;   ///< or domain, whose elements are read
  std::string column_;  ///< whose constraints are read; empty between them
  bool is_domain_ = false;
  bool is_altered_ = false;  ///< the table was there before
};

}  // namespace recover::postgresql::dump
