/// What a load needs to know.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/dump/policy.hpp"
#include "postgresql/load/database_choice.hpp"
#include "postgresql/load/ledger.hpp"
#include "postgresql/load/target_names.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace recover::postgresql::load {

class MadeNames;
class ObjectTally;

/// What a load respects in a server that others use. Without it the server is ours alone.
struct SharedServer {
  std::string run;   ///< databases are loaded beside others of their name (names.hpp)
  std::string role;  ///< whom we are connected as
  std::shared_ptr<MadeNames> made_roles;
  std::shared_ptr<MadeNames> made_databases;       ///< as they are called in the server
  std::map<std::string, std::string> tablespaces;  ///< name -> directory on the server's machine
  /// Databases that are there: name -> the clauses of CREATE DATABASE that make one like it.
  std::map<std::string, std::string> present;
};

struct LoadOptions {
  Endpoint endpoint;
  std::string maintenance = "postgres";  ///< database in which roles and databases are made
  std::optional<SharedServer> shared;
  unsigned jobs = 2;        ///< connections
  std::string database;     ///< where a dump of one database goes, if it does not say so itself
  std::string tablespaces;  ///< directory below which the dump's tablespaces are made; empty: refuse them
  std::string owner;        ///< system user of the server
  dump::Allowed allowed;
  DatabaseChoice databases;
  TargetNames names;
  bool last_resort = false;                         ///< a dump that is cut off is loaded up to there
  Ledger* ledger = nullptr;                         ///< borrowed, open
  ObjectTally* objects = nullptr;                   ///< borrowed: what all parts make is counted there
  unsigned part = 0;                                ///< which of the dump's files this is, for the ledger
  std::size_t row_memory = std::size_t{128} << 20;  ///< bytes of rows that may wait
  std::size_t statement_memory = std::size_t{64} << 20;  ///< bytes of statements that may wait
};

}  // namespace recover::postgresql::load
