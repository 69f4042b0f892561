// Where roles stand in statements (reference: pg_dump.c, dumputils.c and pg_dumpall.c, and the manual's pages
// of the statements). A name is replaced in its place, everything around it stays as it was written. What is
// inside functions and rows is text of the source and never looked at.
#include "postgresql/dump/role_names.hpp"

#include "postgresql/dump/tokens.hpp"

#include <algorithm>
#include <vector>

namespace recover::postgresql::dump {

namespace {

/// What is said of the role.
enum class Use {
  other,
  granted,  ///< the role that somebody becomes a member of
  member,
  described,       ///< something is said about the role itself
  owner,           ///< in a clause that can go
  owner_alone,     ///< it is all that the statement says
  schema_of_role,  ///< CREATE SCHEMA AUTHORIZATION joe: the schema is called joe too
};

struct Place {
  std::size_t begin = 0;
  std::size_t length = 0;
  std::string name;
  bool is_literal = false;
  Use use = Use::other;
  std::size_t clause = 0;  ///< where the words begin that go with it
};

/// Finds the roles of one statement.
class RoleFinder {
 public:
  explicit RoleFinder(std::string_view text) : tokens_(text) {}
  std::vector<Place> places();

 private:
  void set();
  void create();
  void alter();
  void drop();
  void privileges(const char* before_members);
  void behind_on();
  void take_one(Use use = Use::other, std::size_t clause = 0);
  void take_names(Use use = Use::other);
  bool take_role_word() { return tokens_.take("role") || tokens_.take("user") || tokens_.take("group"); }
  bool at_role_word() const { return tokens_.at("role") || tokens_.at("user") || tokens_.at("group"); }
  void take_mapping();
  void take_policy();
  void take_new_owner();

  Tokens tokens_;
  std::vector<Place> places_;
};

void RoleFinder::take_one(Use use, std::size_t clause) {
  const Token& token = tokens_.current();
  const bool is_literal = token.kind == TokenKind::string;
  if (!token.is_name() && !is_literal) return;
  places_.push_back({tokens_.position(), token.text.size(), is_literal ? value_of(token) : name_of(token),
                     is_literal, use, clause});
  tokens_.advance();
}

void RoleFinder::take_names(Use use) {
  do {
    if (tokens_.at("group")) tokens_.advance();  // GRANT ... TO GROUP name, of old dumps
    take_one(use);
  } while (tokens_.take_symbol(','));
}

std::vector<Place> RoleFinder::places() {
  if (tokens_.take("set")) {
    set();
  } else if (tokens_.take("create")) {
    create();
  } else if (tokens_.take("alter")) {
    alter();
  } else if (tokens_.take("drop")) {
    drop();
  } else if (tokens_.take("grant")) {
    privileges("to");
  } else if (tokens_.take("revoke")) {
    privileges("from");
  } else if (tokens_.take("comment") || tokens_.take_all({"security", "label"})) {
    behind_on();
  }
  return std::move(places_);
}

void RoleFinder::set() {
  tokens_.take("session");
  const std::size_t clause = tokens_.position();
  if (tokens_.take("authorization")) {
    if (!tokens_.at("default")) take_one(Use::owner_alone, clause);
  } else if (tokens_.take("role")) {
    if (!tokens_.at("none")) take_one(Use::owner_alone, clause);
  }
}

void RoleFinder::create() {
  if (at_role_word()) {
    tokens_.advance();
    if (tokens_.at("mapping")) return take_mapping();
    take_one();
  } else if (tokens_.take("schema")) {
    tokens_.take_all({"if", "not", "exists"});
    const std::size_t first = tokens_.position();
    if (tokens_.take("authorization")) return take_one(Use::schema_of_role, first);
    tokens_.take_name();
    const std::size_t clause = tokens_.position();
    if (tokens_.take("authorization")) take_one(Use::owner, clause);
  } else if (tokens_.take("database") || tokens_.take("tablespace")) {
    tokens_.take_name();
    if (!tokens_.find("owner")) return;
    const std::size_t clause = tokens_.position();
    tokens_.advance();
    tokens_.take_symbol('=');
    take_one(Use::owner, clause);
  } else if (tokens_.take("policy")) {
    take_policy();
  }
}

void RoleFinder::take_mapping() {
  if (!tokens_.find("for")) return;
  tokens_.advance();
  take_one();
}

void RoleFinder::take_policy() {
  if (!tokens_.find("to")) return;
  tokens_.advance();
  take_names();
}

void RoleFinder::alter() {
  if (at_role_word()) {
    tokens_.advance();
    if (tokens_.at("mapping")) return take_mapping();
    if (!tokens_.at("all")) take_one();
  } else if (tokens_.take_all({"default", "privileges"})) {
    if (tokens_.take("for") && take_role_word()) take_names();
    while (!tokens_.is_end() && !tokens_.at("grant") && !tokens_.at("revoke")) tokens_.advance();
    const char* before_names = tokens_.at("grant") ? "to" : "from";
    if (!tokens_.find(before_names)) return;
    tokens_.advance();
    take_names();
  } else if (tokens_.take("policy")) {
    take_policy();
  } else {
    take_new_owner();
  }
}

/// ... OWNER TO role, and nothing behind it; RENAME COLUMN owner TO is something else.
void RoleFinder::take_new_owner() {
  bool is_column = false;
  while (!tokens_.is_end()) {
    if (!is_column && tokens_.take_all({"owner", "to"})) {
      take_one(Use::owner_alone);
      if (!tokens_.is_end()) places_.clear();
      return;
    }
    is_column = tokens_.at("rename") || tokens_.at("column");
    if (tokens_.at_symbol('(')) {
      tokens_.skip_parentheses();
    } else {
      tokens_.advance();
    }
  }
}

void RoleFinder::drop() {
  if (!at_role_word()) return;
  tokens_.advance();
  if (tokens_.at("mapping")) return take_mapping();
  tokens_.take_all({"if", "exists"});
  take_names();
}

/// Privileges stand before an ON; without one it is about membership, and names stand on both sides.
void RoleFinder::privileges(const char* before_members) {
  Tokens look = tokens_;
  const bool is_membership = !look.find("on");
  if (is_membership) {
    for (const char* option : {"admin", "inherit", "set"}) {
      if (tokens_.take_all({option, "option", "for"})) break;
    }
    take_names(Use::granted);
  }
  if (!tokens_.find(before_members)) return;
  tokens_.advance();
  take_names(is_membership ? Use::member : Use::other);
  if (!tokens_.find("granted")) return;
  tokens_.advance();
  if (tokens_.take("by")) take_one();
}

void RoleFinder::behind_on() {
  if (!tokens_.find("on")) return;
  tokens_.advance();
  if (tokens_.take("role")) take_one(Use::described);
}

bool makes_member_of_itself(const std::vector<Place>& places) {
  return std::any_of(places.begin(), places.end(), [&](const Place& granted) {
    return granted.use == Use::granted && std::any_of(places.begin(), places.end(), [&](const Place& one) {
             return one.use == Use::member && one.name == granted.name;
           });
  });
}

bool is_owner(const Place& place) {
  return place.use == Use::owner || place.use == Use::owner_alone || place.use == Use::schema_of_role;
}

}  // namespace

std::string with_role_names(std::string_view text,
                            const std::function<std::string(const std::string& role)>& new_name) {
  std::vector<Place> places = RoleFinder(text).places();
  std::string changed;
  std::size_t taken = 0;
  for (Place& place : places) {
    const std::string name = new_name(place.name);
    if (name == place.name) continue;
    const bool is_schema = place.use == Use::schema_of_role;  // the schema keeps its name
    const std::size_t begin = is_schema ? place.clause : place.begin;
    changed += text.substr(taken, begin - taken);
    if (is_schema) changed += quoted_where_needed(place.name) + " AUTHORIZATION ";
    changed += place.is_literal ? literal(name) : quoted_where_needed(name);
    taken = place.begin + place.length;
    place.name = name;
  }
  if (taken != 0 && makes_member_of_itself(places)) return {};
  return changed + std::string(text.substr(taken));
}

std::vector<std::string> roles_described(std::string_view text) {
  std::vector<std::string> roles;
  for (Place& place : RoleFinder(text).places()) {
    const bool is_described =
        place.use == Use::granted || place.use == Use::member || place.use == Use::described;
    if (is_described) roles.push_back(std::move(place.name));
  }
  return roles;
}

std::optional<std::string> owner_named(std::string_view text) {
  for (const Place& place : RoleFinder(text).places()) {
    if (is_owner(place)) return place.name;
  }
  return std::nullopt;
}

std::string without_owner(std::string_view text) {
  const std::vector<Place> places = RoleFinder(text).places();
  const auto owner = std::find_if(places.begin(), places.end(), is_owner);
  if (owner == places.end()) return std::string(text);
  if (owner->use == Use::owner_alone) return {};
  const std::string_view name =
      owner->use == Use::schema_of_role ? text.substr(owner->begin, owner->length) : std::string_view();
  return std::string(text.substr(0, owner->clause)) + std::string(name) +
         std::string(text.substr(owner->begin + owner->length));
}

}  // namespace recover::postgresql::dump
