/// Other names for the databases of a dump: in a server that is in use they are loaded beside.
#pragma once

#include "postgresql/dump/statement.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace recover::postgresql::dump {

using NewName = std::function<std::string(const std::string& database)>;

/// The statement with every database it names under its new name: CREATE, ALTER, DROP, COMMENT ON, SECURITY
/// LABEL ON, GRANT and REVOKE ... ON DATABASE, ALTER ROLE ... IN DATABASE, and what pg_dumpall writes into
/// pg_database itself. All other statements come back unchanged.
std::string with_database_names(std::string_view text, const NewName& new_name);

/// True when the statement is about a database as a whole, not about what is in it.
bool is_about_database(std::string_view text);

}  // namespace recover::postgresql::dump
