/// Works out what one statement makes. For objects.cpp and its part only.
#pragma once

#include "postgresql/dump/describer.hpp"
#include "postgresql/dump/objects.hpp"
#include "postgresql/dump/tokens.hpp"

#include <string>
#include <string_view>

namespace recover::postgresql::dump {

inline constexpr std::string_view runs_code = "it runs code that may make anything";
inline constexpr std::string_view renames = "it renames or moves what it made";
inline constexpr std::string_view not_understood = "it is no statement that a dump is known to have";

bool at_one_of(const Tokens& tokens, std::initializer_list<std::string_view> words);

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
  void elements();
  void element(bool can_be_not_valid);
  void alter();
  void alter_table();
  void alter_table_action();
  void comment();
  void select();

  void make(ObjectKind kind) { result_.made.push_back(kind); }
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
};

}  // namespace recover::postgresql::dump
