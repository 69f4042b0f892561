// See the header: a short list, each with its reason.
#include "postgresql/load/tolerated.hpp"

#include "postgresql/connection.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace recover::postgresql::load {

namespace {

constexpr std::string_view undefined_object = "42704";
constexpr std::string_view duplicate_object = "42710";
constexpr std::string_view object_in_use = "55006";
constexpr std::string_view invalid_parameter_value = "22023";

bool begins_with(std::string_view sql, std::string_view word) {
  return sql.size() >= word.size() &&
         std::equal(word.begin(), word.end(), sql.begin(), [](char wanted, char got) {
           return wanted == (got >= 'a' && got <= 'z' ? got - 32 : got);
         });
}

/// What pg_dump --clean writes before it makes everything anew.
bool drops(const std::string& sql) {
  const auto says = [&](std::string_view words) { return sql.find(words) != std::string::npos; };
  return begins_with(sql, "DROP ") || begins_with(sql, "SELECT PG_CATALOG.LO_UNLINK(") ||
         (begins_with(sql, "ALTER ") && (says(" DROP ") || says(" DETACH PARTITION ")));
}

bool says_it_is_not_there(const std::string& state) {
  constexpr std::array<std::string_view, 6> states{"42P01", undefined_object, "42883",
                                                   "3F000", "3D000",          "42703"};
  return std::find(states.begin(), states.end(), state) != states.end();
}

}  // namespace

bool is_needless(const dump::Statement& statement) {
  return statement.kind == dump::StatementKind::drop_database &&
         (statement.name == "postgres" || statement.name == "template1");
}

bool is_unknown_setting(const std::string& state) {
  return state == undefined_object;
}
bool is_deadlock(const std::string& state) {
  return state == "40P01";
}
bool is_wrong_locale(const std::string& state) {
  return state == "42809";
}
bool is_duplicate_database(const std::string& state) {
  return state == "42P04";
}
bool is_duplicate_object(const std::string& state) {
  return state == duplicate_object;
}

bool is_lack_of_rights(const std::string& state) {
  return state == "42501";
}

bool is_missing_extension(const std::string& sql, const std::string& state) {
  return begins_with(sql, "CREATE EXTENSION ") && (state == "0A000" || state == "58P01");
}

bool is_missing_role(const std::string& cause, const std::string& state) {
  const bool is_state =
      state == undefined_object || state == invalid_parameter_value;  // SET SESSION AUTHORIZATION
  return is_state && cause.starts_with("role \"") && cause.find("does not exist") != std::string::npos &&
         !missing_role(cause).empty();
}

std::string missing_role(const std::string& cause) {
  const std::size_t begin = cause.find('"');
  const std::size_t end = cause.rfind('"');
  return begin == std::string::npos || end <= begin ? "" : cause.substr(begin + 1, end - begin - 1);
}

bool is_harmless(const dump::Statement& statement, const std::string& sql, const std::string& state) {
  if (statement.kind == dump::StatementKind::create_role) return is_duplicate_object(state);
  const bool is_own_role = begins_with(sql, "DROP ROLE ") && state == object_in_use;  // of pg_dumpall --clean
  if (drops(sql)) return says_it_is_not_there(state) || is_own_role;
  if (begins_with(sql, "CREATE SCHEMA ")) return state == "42P06";  // public
  if (begins_with(sql, "CREATE PROCEDURAL LANGUAGE ") || begins_with(sql, "CREATE LANGUAGE "))
    return state == duplicate_object;  // plpgsql
  return false;
}

std::string column_list(const dump::Statement& statement) {
  if (statement.columns.empty()) return {};
  std::string list = "(";
  for (const std::string& column : statement.columns) {
    if (list.size() > 1) list += ", ";
    list += quoted_identifier(column);
  }
  return list + ")";
}

}  // namespace recover::postgresql::load
