// backup_manifest read as a whole. The server writes one file per line, and the last line is a SHA-256 of
// all lines before it: when that sum is right, the lines are exactly what the server wrote, so each is read
// by itself and a list of a million files needs no document in memory. Format: PostgreSQL documentation,
// "Backup Manifest Format"; src/backend/backup/backup_manifest.c.
#include "postgresql/backup/file_list.hpp"

#include "postgresql/backup/digest.hpp"
#include "postgresql/configuration.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/manifest_file.hpp"
#include "recover/json_leaves.hpp"
#include "recover/recogniser.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

namespace recover::postgresql::backup {

namespace {

constexpr std::string_view last_key = "\"Manifest-Checksum\"";

Error damaged(const std::string& shown, const std::string& cause) {
  return make_error(errors::manifest_damaged, shown, cause);
}

/// Names that are not UTF-8 are written in hexadecimal digits.
std::optional<std::string> decoded(std::string_view digits) {
  std::string name;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    unsigned byte = 0;
    const auto read = std::from_chars(digits.data() + at, digits.data() + at + 2, byte, 16);
    if (read.ptr != digits.data() + at + 2) return std::nullopt;
    name += static_cast<char>(byte);
  }
  return name;
}

/// One line of the list, without the comma behind it. Nothing when it is no file.
std::optional<std::pair<std::string, ListedFile>> parse_line(std::string_view line) {
  while (!line.empty() && line.back() != '}') line.remove_suffix(1);
  const JsonLeaves leaves = json_leaves(line);
  ListedFile file;
  const std::string size = leaves.at("Size");
  const auto read = std::from_chars(size.data(), size.data() + size.size(), file.size);
  if (!leaves.is_complete || size.empty() || read.ptr != size.data() + size.size()) return std::nullopt;
  file.checksum = leaves.at("Checksum");
  file.algorithm = file.checksum.empty() ? "NONE" : leaves.at("Checksum-Algorithm");
  std::string path = leaves.at("Path");
  if (path.empty()) path = decoded(leaves.at("Encoded-Path")).value_or("");
  if (path.empty()) return std::nullopt;
  return std::pair{std::move(path), std::move(file)};
}

Result<void> check_own_sum(std::string_view text, const std::string& shown) {
  const std::size_t last = text.rfind(last_key);
  if (last == std::string_view::npos) return damaged(shown, "its end is missing");
  const JsonLeaves leaves = json_leaves("{" + std::string(text.substr(last)));
  auto digest = Digest::make("SHA256");
  digest->add(text.substr(0, last));
  if (leaves.at("Manifest-Checksum") == digest->finish()) return {};
  return damaged(shown, "its own checksum is wrong");
}

}  // namespace

Result<FileList> parse_file_list(std::string_view text, const std::string& shown) {
  RECOVER_TRY(check_own_sum(text, shown));
  FileList list;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    // The first file stands behind the opening bracket on its line or on the next one.
    const bool is_file = line.starts_with("{ \"Path\"") || line.starts_with("{ \"Encoded-Path\"");
    if (!is_file) continue;
    auto file = parse_line(line);
    if (!file) return damaged(shown, "a line of it is no file: " + std::string(line.substr(0, 100)));
    list.insert(std::move(*file));
  }
  if (list.empty()) return damaged(shown, "it lists no file");
  return list;
}

Result<FileList> read_file_list(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return damaged(path, "it cannot be read");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse_file_list(text, path);
}

std::string manifest_of(const Finding& finding, Tree& tree) {
  const bool is_tar = text_fact(finding.facts, fact::layout) == "tar";
  if (!is_tar && !flag_fact(finding.facts, fact::has_backup_label)) return {};
  const std::string data = text_fact(finding.facts, is_tar ? "archive" : fact::data_path);
  if (is_tar && finding.path != data + "!") return {};  // deep inside of another archive
  const std::string path = join_path(is_tar ? parent_path(data) : data, "backup_manifest");
  if (!tree.has_file(path)) return {};
  const auto manifest = read_backup_manifest(tree, path);
  if (!manifest) return path;  // reading it as a whole will say what is wrong
  const std::string identity = text_fact(finding.facts, fact::system_identifier);
  if (!manifest->system_identifier.empty() && manifest->system_identifier != identity) return {};
  const std::string start = text_fact(finding.facts, fact::backup_start_wal);
  const auto begins_there = [&](const ManifestWal& range) { return to_text(range.start) == start; };
  const auto& ranges = manifest->wal;  // one for each timeline
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), begins_there) ? path : std::string();
}

bool carries_data(const std::string& path) {
  const std::string top = path.substr(0, path.find('/'));
  if (top == path) return !steers_server(top) && top != "tablespace_map" && top != "postmaster.opts";
  return top != "pg_wal" && top != "log" && top != "pg_log";
}

}  // namespace recover::postgresql::backup
