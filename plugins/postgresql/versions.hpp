/// What differs between the major versions of PostgreSQL on disk: one row each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace recover::postgresql {

struct MajorVersion {
  const char* name;               ///< text of PG_VERSION: "9.6", "16"
  std::uint32_t control_version;  ///< pg_control_version; 13-16 share one
  std::uint32_t catalog_version;  ///< catalog_version_no; unique
  std::uint16_t wal_magic;        ///< first two bytes of every WAL page
  bool xlog_names;                ///< pg_xlog and pg_clog instead of pg_wal and pg_xact
  bool oid_column;                ///< catalogs show their OID as first column (12+)
};

/// All known versions, oldest first.
std::span<const MajorVersion> major_versions();
/// The row, or nullptr.
const MajorVersion* version_named(std::string_view name);
const MajorVersion* version_of_catalog(std::uint32_t catalog_version);
const MajorVersion* version_of_wal_magic(std::uint16_t magic);

}  // namespace recover::postgresql
