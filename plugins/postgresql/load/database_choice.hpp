/// What of a dump is loaded: a cluster dump is read to its end, whatever is taken out of it.
#pragma once

#include "postgresql/dump/statement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql::load {

struct DatabaseChoice {
  std::vector<std::string> only;    ///< empty: all
  std::vector<std::string> except;  ///< globs
  bool globals = true;              ///< what belongs to no database: roles, memberships, tablespaces
  bool contents = true;             ///< any database at all

  [[nodiscard]] bool is_all() const { return only.empty() && except.empty() && globals && contents; }
  [[nodiscard]] bool takes(const std::string& database) const;
};

/// What a statement is about.
struct Subject {
  enum class Kind {
    here,      ///< the database that it stands in
    database,  ///< the database `name`, wherever it stands
    server,    ///< roles and tablespaces: of all databases
  };
  Kind kind = Kind::here;
  std::string name;
};

/// Where the statement belongs: old pg_dumpall writes roles and the properties of databases while it is
/// connected to another database.
Subject subject_of(const dump::Statement& statement, std::string_view sql);

}  // namespace recover::postgresql::load
