// backup_manifest. Only the log ranges and the identity are wanted, and the list of files can be many
// megabytes long, so the last kilobytes are read and the JSON array behind "WAL-Ranges" is cut out.
// Its CRC of pg_control is never used: it is the same for every pg_control of a layout, because that
// file ends with its own CRC. Format: PostgreSQL documentation, "Backup Manifest Format".
#include "postgresql/manifest_file.hpp"

#include "recover/json_leaves.hpp"

#include <charconv>

namespace recover::postgresql {

namespace {

constexpr std::size_t piece = 8192;

std::uint32_t number_of(const std::string& text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

BackupManifest parse_backup_manifest(const std::string& head, const std::string& tail) {
  BackupManifest manifest;
  manifest.system_identifier = json_leaves(head).at("System-Identifier");
  manifest.lists_label = head.find("\"backup_label\"") != std::string::npos;
  const std::size_t ranges = tail.rfind("\"WAL-Ranges\"");
  if (ranges == std::string::npos) return manifest;
  const JsonLeaves leaves = json_leaves("{" + tail.substr(ranges));
  manifest.is_complete = leaves.is_complete && leaves.at("Manifest-Checksum").size() == 64;
  for (std::size_t i = 0;; ++i) {
    const std::string prefix = "WAL-Ranges/" + std::to_string(i) + "/";
    const auto start = parse_lsn(leaves.at(prefix + "Start-LSN"));
    const auto end = parse_lsn(leaves.at(prefix + "End-LSN"));
    if (!start || !end) return manifest;
    manifest.wal.push_back({number_of(leaves.at(prefix + "Timeline")), *start, *end});
  }
}

Result<BackupManifest> read_backup_manifest(Tree& tree, const std::string& path) {
  const EntryInfo info = RECOVER_TRY(tree.info(path));
  const std::string head = RECOVER_TRY(tree.read(path, 0, piece));
  if (info.size.count <= piece) return parse_backup_manifest(head, head);
  const std::string tail = RECOVER_TRY(tree.read(path, info.size.count - piece, piece));
  return parse_backup_manifest(head, tail);
}

}  // namespace recover::postgresql
