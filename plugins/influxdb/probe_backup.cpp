// Backups: portable ones (a JSON manifest that lists every file; 1.5 and later, and 2.x), legacy ones
// (meta.00 and a tar per shard), and line protocol. The manifest's sizes are those before compression,
// so presence is what can be checked cheaply, not size.
#include "influxdb/metadata.hpp"
#include "influxdb/probe.hpp"
#include "recover/decoder.hpp"
#include "recover/json_leaves.hpp"
#include "recover/text_dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace recover::influxdb {

namespace {

constexpr std::size_t manifest_size = 8U << 20U;
constexpr std::uint64_t legacy_magic = 0x0000000059590101U;

std::vector<std::string> unique(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// Manifests of all backups made into this directory, newest last (their names are times).
std::vector<std::string> manifests_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (entry.type == EntryType::file && entry.name.ends_with(".manifest")) names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Health judge_presence(const std::vector<std::string>& listed, const std::vector<Entry>& entries) {
  std::set<std::string> present;
  for (const Entry& entry : entries) present.insert(entry.name);
  std::vector<std::string> notes;
  for (const std::string& name : listed) {
    if (!present.contains(name) && notes.size() < 20)
      notes.push_back(name + " is in the manifest, but not here.");
  }
  if (!notes.empty()) return {HealthState::incomplete, "files are missing", notes};
  return {HealthState::ok, "every listed file is here", {}};
}

Finding begin(const Candidate& candidate, const char* series, std::string read_from) {
  Finding finding = finding_of(candidate);
  finding.product = "InfluxDB";
  finding.version = {series, std::move(read_from)};
  finding.confidence = Confidence::certain;
  return finding;
}

}  // namespace

Result<Finding> probe_portable_backup(const Candidate& candidate, Tree& tree) {
  const std::vector<Entry> entries = RECOVER_TRY(tree.list(candidate.path));
  const std::vector<std::string> manifests = manifests_of(entries);
  if (manifests.empty()) return not_recognised(candidate, "no manifest");
  const std::string path = join_path(candidate.path, manifests.back());
  const JsonLeaves json = json_leaves(RECOVER_TRY(tree.read(path, 0, manifest_size)));
  const std::vector<std::string> files = json.all("", "fileName");
  const bool is_second = !json.at("kv/fileName").empty() || !json.all("files/", "/bucketName").empty();
  if (files.empty()) return not_recognised(candidate, manifests.back() + " lists no files");
  Finding finding = begin(candidate, is_second ? "2.x" : "1.x", manifests.back());
  finding.kind = is_second ? "backup (2.x)" : "portable backup";
  finding.databases = unique(json.all("files/", is_second ? "/bucketName" : "/database"));
  std::erase(finding.databases, "_internal");
  if (const auto info = tree.info(path)) finding.content_time = info->modified;
  finding.health = judge_presence(files, entries);
  finding.evidence.push_back(fmt::format("{} lists {} files", manifests.back(), files.size()));
  if (manifests.size() > 1) {
    finding.evidence.push_back(
        fmt::format("{} backups in this directory; the newest is described", manifests.size()));
  }
  return finding;
}

Result<Finding> probe_legacy_backup(const Candidate& candidate, Tree& tree) {
  const std::string bytes = RECOVER_TRY(tree.read(join_path(candidate.path, "meta.00"), 0, manifest_size));
  if (big64_at(bytes, 0) != legacy_magic) return not_recognised(candidate, "meta.00 has another magic");
  Finding finding = begin(candidate, "1.x", "meta.00");
  // The metadata's length as eight bytes, then the same message as in meta.db.
  Decoder in(bytes, 8);
  if (auto metadata = parse_metadata(in.take(in.big64()))) finding.databases = std::move(metadata->databases);
  std::int64_t shards = 0;
  for (const Entry& entry : RECOVER_TRY(tree.list(candidate.path))) {
    if (entry.name != "meta.00" && entry.name.find('.') != entry.name.rfind('.')) ++shards;  // DB.RP.NNNNN.00
  }
  set_fact(finding.facts, "shards", shards);
  if (const auto info = tree.info(join_path(candidate.path, "meta.00")))
    finding.content_time = info->modified;
  finding.health = {HealthState::unknown, "shards not read", {}};
  finding.evidence.push_back(fmt::format("meta.00 and {} shard files", shards));
  return finding;
}

Result<Finding> probe_line_protocol(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, 64U << 10U));
  std::vector<std::string> databases;
  each_line(head, [&databases](std::string_view line) {
    for (const std::string_view prefix : {"CREATE DATABASE ", "# CONTEXT-DATABASE:"}) {
      if (!line.starts_with(prefix)) continue;
      std::string name(line.substr(prefix.size(), line.find(" WITH ") - prefix.size()));
      std::erase(name, '"');
      databases.push_back(std::move(name));
    }
    return true;
  });
  if (databases.empty()) return not_recognised(candidate, "no CREATE DATABASE in its head");
  Finding finding = begin(candidate, "", "");
  finding.databases = unique(std::move(databases));
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  finding.health = {HealthState::unknown, "text without end marker", {}};
  finding.evidence.emplace_back("begins as influx_inspect export writes it; it names no version");
  return finding;
}

}  // namespace recover::influxdb
