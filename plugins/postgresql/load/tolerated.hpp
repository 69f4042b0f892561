/// Which refusals of a server do not end a load into a fresh cluster. Judged by SQLSTATE (reference: the
/// manual's appendix "PostgreSQL Error Codes"), never by the words, except where the name of a role is
/// wanted.
#pragma once

#include "postgresql/dump/statement.hpp"

#include <string>

namespace recover::postgresql::load {

/// The databases of every cluster are filled, never dropped: pg_dumpall --clean drops them, and our own
/// sessions may be in them.
bool is_needless(const dump::Statement& statement);

bool is_unknown_setting(const std::string& state);
bool is_deadlock(const std::string& state);
/// A database cannot be made with a locale that the machine lacks.
bool is_wrong_locale(const std::string& state);
bool is_duplicate_database(const std::string& state);
bool is_duplicate_object(const std::string& state);
bool is_lack_of_rights(const std::string& state);
/// The files of an extension are not installed.
bool is_missing_extension(const std::string& sql, const std::string& state);
bool is_missing_role(const std::string& cause, const std::string& state);
/// The name in: role "alice" does not exist.
std::string missing_role(const std::string& cause);
/// True for a refusal that psql would go on over and that leaves nothing missing: the cluster's own role or
/// schema exists already, or something is dropped that was never there.
bool is_harmless(const dump::Statement& statement, const std::string& sql, const std::string& state);
/// "(a, b)" of a COPY, quoted; empty when the dump names no columns.
std::string column_list(const dump::Statement& statement);

}  // namespace recover::postgresql::load
