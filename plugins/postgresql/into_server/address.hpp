/// How the operator's running server is reached.
#pragma once

#include "postgresql/connection.hpp"
#include "recover/engine.hpp"

#include <string>

namespace recover::postgresql {

/// Facts of a plan whose target is a running server.
namespace server_fact {
inline constexpr auto password_file = "password_file";  ///< text: absolute path; empty: libpq's own default
inline constexpr auto replace = "replace";              ///< text: swap, drop-first, never
inline constexpr auto failed = "failed_database";       ///< text: drop, keep, rename
inline constexpr auto identity = "target_identity";     ///< text: system identifier of the server
inline constexpr auto maintenance = "maintenance";      ///< text: database in which databases are made
inline constexpr auto tablespaces = "target_tablespaces";  ///< list: "name=directory"
}  // namespace server_fact

/// `url` as libpq takes it, without a password. The password comes from `password_file` (pgpass form, or the
/// password alone; always alone where it was asked for), else from PGPASSFILE or ~/.pgpass. Errors:
/// postgresql.target_invalid, password_file_unsafe.
Result<Endpoint> server_endpoint(const std::string& url, const std::string& password_file);

/// The same for a plan. Errors: the same.
Result<Endpoint> server_endpoint(const Plan& plan);

/// The database that the URL names; postgres when it names none.
std::string database_of(const std::string& url);

/// The URL with another database, for a person to connect to.
std::string url_with_database(const std::string& url, const std::string& database);

}  // namespace recover::postgresql
