/// Other names for the databases of a dump: in a server that is in use they are loaded beside.
#pragma once

#include "postgresql/dump/statement.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace recover::postgresql::dump {

using NewName = std::function<std::string(const std::string& database)>;

/// The statement with every database it names under its new name: CREATE, ALTER, DROP, COMMENT ON, SECURITY
/// LABEL ON, GRANT and REVOKE ... ON DATABASE, ALTER ROLE ... IN DATABASE, and what pg_dumpall writes into
/// pg_database itself. All other statements come back unchanged.
std::string with_database_names(std::string_view text, const NewName& new_name);

/// The database that the statement is about as a whole; nothing when it is about what is in one.
std::optional<std::string> database_named(std::string_view text);

}  // namespace recover::postgresql::dump
