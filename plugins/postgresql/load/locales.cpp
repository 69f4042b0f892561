// pg_dump writes each of them as KEYWORD = 'value' (pg_dump.c, dumpDatabase).
#include "postgresql/load/locales.hpp"

#include "postgresql/dump/tokens.hpp"

#include <algorithm>

namespace recover::postgresql::load {

std::vector<std::string> libc_locales(std::string_view create_database) {
  std::vector<std::string> names;
  dump::Tokens tokens(create_database);
  while (!tokens.is_end()) {
    const bool is_locale = tokens.at("locale") || tokens.at("lc_collate") || tokens.at("lc_ctype");
    tokens.advance();
    if (!is_locale) continue;
    tokens.take_symbol('=');
    if (tokens.current().kind != dump::TokenKind::string) continue;
    const std::string name = dump::value_of(tokens.current());
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace recover::postgresql::load
