// Where names of databases stand in statements (reference: pg_dumpall.c and pg_dump.c, dumpDatabase). A name
// is replaced in its place, everything around it stays as it was written. A statement that is none of these
// forms names no database: inside one, SQL cannot reach another.
#include "postgresql/dump/database_names.hpp"

#include "postgresql/dump/tokens.hpp"

#include <algorithm>
#include <vector>

namespace recover::postgresql::dump {

namespace {

struct Place {
  std::size_t begin = 0;
  std::size_t length = 0;
  std::string name;
  bool is_literal = false;
};

/// One name, or several with commas between them.
void take_names(Tokens& tokens, std::vector<Place>& places) {
  do {
    if (!tokens.current().is_name()) return;
    places.push_back({tokens.position(), tokens.current().text.size(), name_of(tokens.current()), false});
    tokens.advance();
  } while (tokens.take_symbol(','));
}

/// UPDATE pg_catalog.pg_database SET datistemplate = ... WHERE datname = 'NAME'
void take_literals(Tokens& tokens, std::vector<Place>& places) {
  if (!tokens.find("where") || !tokens.find("datname")) return;
  for (; !tokens.is_end(); tokens.advance()) {
    if (tokens.current().kind != TokenKind::string) continue;
    places.push_back({tokens.position(), tokens.current().text.size(), value_of(tokens.current()), true});
  }
}

std::vector<Place> places_in(std::string_view text) {
  std::vector<Place> places;
  Tokens tokens(text);
  if (tokens.take("update")) {
    if (tokens.take_qualified_name().ends_with("pg_database")) take_literals(tokens, places);
  } else if (tokens.take("create") || tokens.take("drop")) {
    if (!tokens.take("database")) return places;
    if (!tokens.take_all({"if", "not", "exists"})) tokens.take_all({"if", "exists"});
    take_names(tokens, places);
  } else if (tokens.take("alter")) {
    if (tokens.take("database")) {
      take_names(tokens, places);
    } else if ((tokens.at("role") || tokens.at("user")) && tokens.find("in")) {
      tokens.advance();
      if (tokens.take("database")) take_names(tokens, places);
    }
  } else if (tokens.take("comment") || tokens.take("grant") || tokens.take("revoke") ||
             tokens.take_all({"security", "label"})) {
    if (!tokens.find("on")) return places;
    tokens.advance();
    if (tokens.take("database")) take_names(tokens, places);
  }
  return places;
}

}  // namespace

std::string with_database_names(std::string_view text, const NewName& new_name) {
  std::string changed;
  std::size_t taken = 0;
  for (const Place& place : places_in(text)) {
    const std::string name = new_name(place.name);
    changed += text.substr(taken, place.begin - taken);
    changed += place.is_literal ? literal(name) : quoted_where_needed(name);
    taken = place.begin + place.length;
  }
  return changed + std::string(text.substr(taken));
}

std::optional<std::string> database_named(std::string_view text) {
  const std::vector<Place> places = places_in(text);
  return places.empty() ? std::nullopt : std::optional(places.front().name);
}

}  // namespace recover::postgresql::dump
