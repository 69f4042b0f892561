/// Names out of catalog pages, without a server. Advisory: visibility is approximated and the log is not
/// replayed, so a database made just before a crash may be missing. For planning, never for verification.
#pragma once

#include "postgresql/versions.hpp"
#include "recover/result.hpp"
#include "recover/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::postgresql {

struct DatabaseRow {
  std::uint32_t oid = 0;
  std::string name;
  std::string encoding;  ///< "UTF8"
  std::string provider;  ///< "libc", "icu", "builtin"
  std::string collate;
  std::string ctype;
  std::string locale;             ///< of ICU or the builtin provider (15+)
  std::string collation_version;  ///< 15+
  std::uint32_t tablespace = 0;   ///< 1663 = pg_default
  bool is_invalid = false;        ///< a DROP DATABASE was interrupted (datconnlimit -2)
};

/// Where the catalogs of one cluster lie and how they are written.
struct CatalogPlace {
  Tree& tree;
  std::string data_path;
  const MajorVersion& version;
  std::uint32_t block_size = 8192;
};

/// The rows of pg_database, sorted by name. Errors: source.*.
Result<std::vector<DatabaseRow>> read_databases(const CatalogPlace& place);
/// The name of the bootstrap superuser (role 10); not always "postgres". Empty when not seen.
Result<std::string> read_superuser(const CatalogPlace& place);
/// Names of the extensions in one database; nothing when pg_extension was rewritten to another file.
std::optional<std::vector<std::string>> read_extensions(const CatalogPlace& place, std::uint32_t database);

enum class MapState { good, missing, damaged };
/// pg_filenode.map of `directory` ("global", "base/5"): without the global one nobody can connect.
MapState check_relation_map(Tree& tree, const std::string& directory);

}  // namespace recover::postgresql
