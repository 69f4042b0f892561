// The top of a data directory. Paths that a link or tablespace_map names belong to a machine that is
// gone: they are looked for inside the source tree (a disk mounted at /mnt/disk has /srv/ts as srv/ts)
// and never opened as they stand, because a living server of this machine may own that very path.
#include "postgresql/cluster_files.hpp"

#include "postgresql/layout.hpp"
#include "recover/recogniser.hpp"

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t small_file = 65536;

/// "16" of "16\n"; empty for anything that is not a version.
std::string version_text_of(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  const bool plausible =
      !text.empty() && text.size() <= 6 && text.front() != '.' &&
      std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return plausible ? text : std::string();
}

std::string read_small(Tree& tree, const std::string& path) {
  return tree.read(path, 0, small_file).value_or(std::string());
}

void read_control(Tree& tree, ClusterFiles& files) {
  const std::string path = join_path(files.path, "global/pg_control");
  files.has_control_file = tree.has_file(path);
  if (!files.has_control_file) {
    files.was_upgraded = tree.has_file(path + ".old");
    files.control.flaw = "It is missing.";
    return;
  }
  const auto bytes = tree.read(path, 0, control_file_read_size);
  if (bytes) {
    files.control = parse_control_file(*bytes);
  } else {
    files.control.flaw = "It cannot be read: " + bytes.error().cause;
  }
}

/// The places where a tablespace's own directory for this version can be.
bool is_tablespace(Tree& tree, const std::string& path, const ClusterFiles& files) {
  if (files.version != nullptr)
    return tree.has_directory(join_path(path, tablespace_directory(*files.version)));
  const auto entries = tree.list(path);
  return entries && std::any_of(entries->begin(), entries->end(), [](const Entry& entry) {
           return parse_tablespace_name(entry.name).has_value();
         });
}

std::optional<std::string> locate_tablespace(Tree& tree, const ClusterFiles& files,
                                             const std::string& original) {
  const auto found = locate(tree, files.path, original);
  if (found && is_tablespace(tree, *found, files)) return found;
  return std::nullopt;
}

void add_from_links(Tree& tree, const ClusterFiles& files, std::vector<Tablespace>& spaces) {
  const std::string directory = join_path(files.path, "pg_tblspc");
  const auto entries = tree.list(directory);
  if (!entries) return;
  for (const Entry& entry : *entries) {
    if (!is_oid(entry.name)) continue;
    const std::string path = join_path(directory, entry.name);
    Tablespace space{entry.name, {}, std::nullopt};
    if (entry.type == EntryType::directory) {
      space.path = path;  // a copier followed the link
    } else if (entry.type == EntryType::symlink) {
      space.original = tree.link_target(path).value_or(std::string());
      space.path = locate_tablespace(tree, files, space.original);
    }
    spaces.push_back(std::move(space));
  }
}

void add_from_map(Tree& tree, const ClusterFiles& files, std::vector<Tablespace>& spaces) {
  for (const auto& [oid, original] :
       parse_tablespace_map(read_small(tree, join_path(files.path, "tablespace_map")))) {
    const auto known = std::find_if(spaces.begin(), spaces.end(),
                                    [oid = oid](const Tablespace& space) { return space.oid == oid; });
    if (known != spaces.end()) {
      if (known->original.empty()) known->original = original;
    } else if (is_oid(oid)) {
      spaces.push_back({oid, original, locate_tablespace(tree, files, original)});
    }
  }
}

}  // namespace

bool ClusterFiles::has(const std::string& name) const {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
}

Result<ClusterFiles> read_cluster_files(Tree& tree, const std::string& path) {
  ClusterFiles files;
  files.path = path;
  files.entries = RECOVER_TRY(tree.list(path));
  if (const auto text = tree.read(join_path(path, "PG_VERSION"), 0, 64))
    files.version_text = version_text_of(*text);
  read_control(tree, files);
  files.version =
      files.control.version != nullptr ? files.control.version : version_named(files.version_text);
  if (files.has("backup_label"))
    files.label = parse_backup_label(read_small(tree, join_path(path, "backup_label")));
  if (files.has("backup_manifest")) {
    if (auto manifest = read_backup_manifest(tree, join_path(path, "backup_manifest"))) {
      files.manifest = std::move(manifest).value();
    }
  }
  if (const auto base = tree.list(join_path(path, "base"))) {
    for (const Entry& entry : *base) {
      if (entry.type == EntryType::directory && is_oid(entry.name)) files.databases.push_back(entry.name);
    }
  }
  return files;
}

std::optional<std::string> locate(Tree& tree, const std::string& from, const std::string& absolute) {
  if (absolute.size() < 2 || absolute.front() != '/' || absolute.find("/../") != std::string::npos)
    return std::nullopt;
  std::string relative = absolute.substr(1);
  while (!relative.empty() && relative.back() == '/') relative.pop_back();
  if (relative.empty() || relative.ends_with("/..") || relative == "..") return std::nullopt;
  // A copy that was made on this machine can name its neighbours as they are.
  const std::string root = tree.describe({}) + "/";
  if (absolute.starts_with(root) && tree.has_directory(absolute.substr(root.size())))
    return absolute.substr(root.size());
  for (std::string prefix = from;; prefix = parent_path(prefix)) {
    const std::string path = join_path(prefix, relative);
    if (tree.has_directory(path)) return path;
    if (prefix.empty()) return std::nullopt;
  }
}

std::vector<Tablespace> find_tablespaces(Tree& tree, const ClusterFiles& files) {
  std::vector<Tablespace> spaces;
  add_from_links(tree, files, spaces);
  if (files.has("tablespace_map")) add_from_map(tree, files, spaces);
  std::sort(spaces.begin(), spaces.end(), [](const auto& a, const auto& b) { return a.oid < b.oid; });
  return spaces;
}

std::optional<std::string> find_wal_directory(Tree& tree, const ClusterFiles& files) {
  for (const Entry& entry : files.entries) {
    if (entry.name != "pg_wal" && entry.name != "pg_xlog") continue;
    const std::string path = join_path(files.path, entry.name);
    if (entry.type == EntryType::directory) return path;
    if (entry.type == EntryType::symlink) {
      return locate(tree, files.path, tree.link_target(path).value_or(std::string()));
    }
  }
  return std::nullopt;
}

}  // namespace recover::postgresql
