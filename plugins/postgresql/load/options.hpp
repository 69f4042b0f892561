/// What a load needs to know. The server is ours alone: roles that are missing may be made in it.
#pragma once

#include "postgresql/connection.hpp"
#include "postgresql/dump/policy.hpp"
#include "postgresql/load/ledger.hpp"

#include <cstddef>
#include <string>

namespace recover::postgresql::load {

struct LoadOptions {
  Endpoint endpoint;
  unsigned jobs = 2;        ///< connections
  std::string database;     ///< where a dump of one database goes, if it does not say so itself
  std::string tablespaces;  ///< directory below which the dump's tablespaces are made; empty: refuse them
  std::string owner;        ///< system user of the server
  dump::Allowed allowed;
  Ledger* ledger = nullptr;                         ///< borrowed, open
  unsigned part = 0;                                ///< which of the dump's files this is, for the ledger
  std::size_t row_memory = std::size_t{128} << 20;  ///< bytes of rows that may wait
  std::size_t statement_memory = std::size_t{64} << 20;  ///< bytes of statements that may wait
};

}  // namespace recover::postgresql::load
