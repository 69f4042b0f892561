/// Names inside a data directory: which files are relations, which directories a server insists on.
#pragma once

#include "postgresql/versions.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql {

/// One file of a relation: "base/5/16385_fsm.2" is segment 2 of fork "fsm" of relation 16385.
struct RelationFile {
  std::string relation;
  std::string fork;  ///< "", "fsm", "vm", "init"
  std::uint32_t segment = 0;
};

/// Judges a path by its last component and the directory it lies in; nothing for what is not a
/// relation (pg_control, maps, PG_VERSION, temporary files, files outside base, global, tablespaces).
std::optional<RelationFile> parse_relation_file(std::string_view path);

/// The directories that must exist in a cluster of this version, relative to it, parents first. Copiers
/// that drop empty directories lose them; a server without them does not start or cannot checkpoint.
std::vector<std::string> required_directories(const MajorVersion& version);

/// "pg_wal" or "pg_xlog".
std::string wal_directory(const MajorVersion& version);

/// True for digits only: the name of a database directory or a tablespace link.
bool is_oid(std::string_view name);

/// "PG_16_202307071": a directory that a server makes inside a tablespace. Nothing for other names.
struct TablespaceName {
  std::string major;
  std::uint32_t catalog_version = 0;
};
std::optional<TablespaceName> parse_tablespace_name(std::string_view name);
std::string tablespace_directory(const MajorVersion& version);

}  // namespace recover::postgresql
