/// What the top of a data directory shows: the few files and names from which everything else follows.
#pragma once

#include "postgresql/backup_label.hpp"
#include "postgresql/control_file.hpp"
#include "postgresql/manifest_file.hpp"
#include "recover/tree.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql {

struct ClusterFiles {
  std::string path;            ///< of the data directory, relative to the tree
  std::vector<Entry> entries;  ///< of it
  std::string version_text;    ///< PG_VERSION, "" when missing or not a version
  bool has_control_file = false;
  bool was_upgraded = false;  ///< pg_control.old and no pg_control: pg_upgrade --link took it over
  ControlFile control;
  const MajorVersion* version = nullptr;  ///< by pg_control, else by PG_VERSION; nullptr unknown
  std::optional<BackupLabel> label;
  std::optional<BackupManifest> manifest;
  std::vector<std::string> databases;  ///< OIDs that have a directory below base

  [[nodiscard]] bool has(const std::string& name) const;
};

/// Reads them. Errors: source.* when the directory itself cannot be listed.
Result<ClusterFiles> read_cluster_files(Tree& tree, const std::string& path);

/// One tablespace: where its files are, or where they were.
struct Tablespace {
  std::string oid;
  std::string original;             ///< absolute path on the old machine, "" unknown
  std::optional<std::string> path;  ///< in the tree, when it is there
};

/// From the links in pg_tblspc and from tablespace_map. Links are read, never followed: their target
/// is looked for below the tree's root and below each directory that leads to the cluster.
std::vector<Tablespace> find_tablespaces(Tree& tree, const ClusterFiles& files);

/// Where the log lies: pg_wal itself, or the place in the tree that its link means. Nothing when lost.
std::optional<std::string> find_wal_directory(Tree& tree, const ClusterFiles& files);

/// The directory in the tree that an absolute path of the old machine means, seen from `from`.
std::optional<std::string> locate(Tree& tree, const std::string& from, const std::string& absolute);

}  // namespace recover::postgresql
