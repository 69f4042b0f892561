// Statements and lines that change the session or must be sent in another form than they are written in.
#include "postgresql/dump/statement.hpp"

#include "postgresql/dump/characters.hpp"
#include "postgresql/dump/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace recover::postgresql::dump {

namespace {

using Setting = std::pair<std::string, std::string>;

/// Lists of names: the elements are names of their own in the value (GUC_LIST_QUOTE in guc_tables.c).
bool is_list_of_names(const std::string& name) {
  static constexpr std::array<std::string_view, 6> lists = {"search_path",
                                                            "temp_tablespaces",
                                                            "shared_preload_libraries",
                                                            "local_preload_libraries",
                                                            "session_preload_libraries",
                                                            "unix_socket_directories"};
  return std::find(lists.begin(), lists.end(), name) != lists.end();
}

/// The value behind SET name TO, as the server flattens it (flatten_set_variable_args).
std::optional<Setting> value_behind(Tokens& tokens, std::string name) {
  if (tokens.take("default")) return Setting{std::move(name), "DEFAULT"};
  std::string value;
  while (!tokens.is_end()) {
    std::string sign;
    while (tokens.at_symbol('-') || tokens.at_symbol('+')) {
      sign += tokens.current().text;
      tokens.advance();
    }
    const Token token = tokens.current();
    if (token.kind == TokenKind::end || token.kind == TokenKind::symbol) return std::nullopt;
    std::string element = token.is_name() ? dump::name_of(token) : value_of(token);
    if (token.kind != TokenKind::number && is_list_of_names(name)) element = quoted_where_needed(element);
    value += sign + element;
    tokens.advance();
    if (!tokens.take_symbol(',')) break;
    value += ", ";
  }
  if (!tokens.is_end()) return std::nullopt;
  return Setting{std::move(name), literal(value)};
}

std::optional<Setting> set_statement(Tokens tokens) {
  if (tokens.at("local") || tokens.at("transaction") || tokens.at("constraints")) return std::nullopt;
  if (tokens.take_all({"session", "authorization"})) return value_behind(tokens, "session_authorization");
  if (tokens.take_all({"session", "characteristics"})) return std::nullopt;
  tokens.take("session");
  if (tokens.take_all({"time", "zone"})) {
    if (tokens.at("local")) return Setting{"timezone", "DEFAULT"};
    return value_behind(tokens, "timezone");
  }
  if (tokens.take("role")) return value_behind(tokens, "role");
  if (tokens.take("names")) return value_behind(tokens, "client_encoding");
  if (tokens.take_all({"xml", "option"})) return value_behind(tokens, "xmloption");
  std::string name = tokens.take_name();
  while (tokens.take_symbol('.')) name += "." + tokens.take_name();
  std::transform(name.begin(), name.end(), name.begin(), lower);
  if (name.empty() || (!tokens.take("to") && !tokens.take_symbol('='))) return std::nullopt;
  return value_behind(tokens, std::move(name));
}

std::optional<Setting> set_config_call(Tokens tokens) {
  if (tokens.take("pg_catalog")) tokens.take_symbol('.');
  if (tokens.take_name() != "set_config" || !tokens.take_symbol('(')) return std::nullopt;
  const Token name = tokens.current();
  tokens.advance();
  if (!tokens.take_symbol(',')) return std::nullopt;
  const Token value = tokens.current();
  tokens.advance();
  if (!tokens.take_symbol(',') || !tokens.take("false") || !tokens.take_symbol(')') || !tokens.is_end()) {
    return std::nullopt;
  }
  if (name.kind != TokenKind::string || value.kind != TokenKind::string) return std::nullopt;
  std::string folded = value_of(name);
  std::transform(folded.begin(), folded.end(), folded.begin(), lower);
  return Setting{std::move(folded), literal(value_of(value))};
}

/// Removes one pair of double quotes and makes doubled ones single. Nothing when more than one word is there.
std::optional<std::string> unquoted_argument(std::string_view argument) {
  if (argument.empty()) return std::nullopt;
  if (argument[0] != '"') {
    constexpr std::string_view refused = " \t\"'`:\\=";
    if (argument.find_first_of(refused) != std::string_view::npos || argument[0] == '-') return std::nullopt;
    return std::string(argument);
  }
  std::string value;
  for (std::size_t i = 1; i < argument.size(); ++i) {
    if (argument[i] != '"') {
      value.push_back(argument[i]);
    } else if (i + 1 < argument.size() && argument[i + 1] == '"') {
      value.push_back(argument[i++]);
    } else {
      return i + 1 == argument.size() ? std::optional(value) : std::nullopt;
    }
  }
  return std::nullopt;
}

/// The database of "dbname='...'", in which a backslash takes the next character as it is; empty for
/// everything else.
std::string database_of(std::string_view connection) {
  constexpr std::string_view key = "dbname=";
  if (!connection.starts_with(key)) return {};
  connection.remove_prefix(key.size());
  const bool is_quoted = connection.starts_with("'");
  std::string name;
  for (std::size_t i = is_quoted ? 1 : 0; i < connection.size(); ++i) {
    const char c = connection[i];
    if (c == '\\' && i + 1 < connection.size()) {
      name.push_back(connection[++i]);
    } else if (is_quoted && c == '\'') {
      return i + 1 == connection.size() ? name : std::string();
    } else if (!is_quoted && (is_blank(c) || c == '\'')) {
      return {};
    } else {
      name.push_back(c);
    }
  }
  return is_quoted ? std::string() : name;
}

}  // namespace

std::optional<Setting> setting(std::string_view text) {
  Tokens tokens(text);
  if (tokens.take("set")) return set_statement(tokens);
  if (tokens.take("select")) return set_config_call(tokens);
  if (!tokens.take("reset")) return std::nullopt;
  if (tokens.take_all({"session", "authorization"})) return Setting{"session_authorization", "DEFAULT"};
  std::string name = tokens.take_name();
  if (name.empty() || name == "all" || !tokens.is_end()) return std::nullopt;
  return Setting{std::move(name), "DEFAULT"};
}

std::string connect_target(std::string_view line) {
  const auto skip = [&](std::string_view word) {
    if (!line.starts_with(word)) return false;
    const std::size_t next = line.find_first_not_of(" \t", word.size());
    if (next == word.size() || next == std::string_view::npos) return false;
    line.remove_prefix(next);
    return true;
  };
  if (!skip("\\connect") && !skip("\\c")) return {};
  while (!line.empty() && (is_blank(line.back()) || line.back() == ';')) line.remove_suffix(1);
  const bool is_connection = skip("-reuse-previous=on");
  const auto argument = unquoted_argument(line);
  if (!argument || argument->empty()) return {};
  if (is_connection) return database_of(*argument);
  // psql would take these for a connection string, which can lead anywhere.
  if (argument->find('=') != std::string::npos || argument->starts_with("postgres://") ||
      argument->starts_with("postgresql://")) {
    return {};
  }
  return *argument;
}

std::optional<std::string> schema_set_by(std::string_view text) {
  const auto change = setting(text);
  if (!change || change->first != "search_path") return std::nullopt;
  std::string path =
      value_of(Tokens(change->second).current());  // as set_config takes it: 'public, pg_catalog'
  path = path.substr(0, path.find(','));
  return path == "\"$user\"" || path == "\"\"" ? "" : path;
}

std::optional<std::string> sequence_state(std::string_view text) {
  Tokens tokens(text);
  tokens.take("select");
  if (!tokens.take_qualified_name().ends_with("setval") || !tokens.take_symbol('(')) return std::nullopt;
  tokens.advance();  // the sequence
  if (!tokens.take_symbol(',')) return std::nullopt;
  std::string state = tokens.take_symbol('-') ? "-" : "";
  if (tokens.current().kind != TokenKind::number) return std::nullopt;
  state += tokens.current().text;
  tokens.advance();
  const bool is_called = !tokens.take_symbol(',') || tokens.at("true");
  return state + (is_called ? "|t" : "|f");
}

std::string rewrite_tablespace_location(std::string_view text, const std::string& new_path) {
  Tokens tokens(text);
  if (!tokens.find("location")) return std::string(text);
  tokens.advance();
  if (tokens.current().kind != TokenKind::string) return std::string(text);
  const std::size_t begin = tokens.position();
  const std::size_t end = begin + tokens.current().text.size();
  return std::string(text.substr(0, begin)) + literal(new_path) + std::string(text.substr(end));
}

std::string copy_with_freeze(std::string_view text) {
  return fmt::format("{}\nWITH (FREEZE)", text);
}

}  // namespace recover::postgresql::dump
