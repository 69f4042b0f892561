/// What databases and roles of a dump are called on the target, and whether owners are set there.
#pragma once

#include "recover/engine.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::load {

struct TargetNames {
  std::map<std::string, std::string> databases;  ///< name in the dump -> name on the target
  std::string suffix;                            ///< behind the names of all others
  bool keeps_own_databases = false;  ///< postgres and template1 get no suffix: the server is ours alone
  std::map<std::string, std::string> roles;
  bool sets_owners = true;  ///< else everything belongs to whoever loads

  [[nodiscard]] std::string database(const std::string& in_dump) const;
  [[nodiscard]] bool is_renamed(const std::string& in_dump) const { return database(in_dump) != in_dump; }
  /// The statement with the roles of the target, and without owners where none are set; empty when nothing
  /// is left of it.
  [[nodiscard]] std::string with_roles(std::string_view sql) const;
  /// The same for databases.
  [[nodiscard]] std::string with_databases(std::string_view sql) const;
};

/// Every cluster has them; a dump only connects to them.
bool is_of_every_cluster(const std::string& database);

/// Errors: postgresql.name_invalid, when a database cannot have this name.
Result<void> check_name(const std::string& database, const std::string& name);

/// Notes the names in the plan, and the databases that are known. Errors: postgresql.name_invalid,
/// name_taken.
Result<void> note_names(Plan& plan, const Wishes& wishes);

/// The same out of a plan.
TargetNames target_names(const Plan& plan);

/// Databases whose names are changed although nobody knows yet whether the dump has them: it must be read
/// before anything is loaded.
std::vector<std::string> supposed_databases(const Plan& plan);

/// Errors: usage.invalid, when one of those is not in the dump.
Result<void> check_supposed(const Plan& plan, const std::vector<InnerDatabase>& in_dump);

}  // namespace recover::postgresql::load
