// Append-only files: one file of commands (until 6.2), or a directory with a manifest that names a base
// and increments (7.0 and later). The append-only file is the truth where it exists: it is newer than
// the snapshot. A server would truncate a cut one on load, so nothing but reading is done here.
#include "redis/aof_manifest.hpp"
#include "redis/probe.hpp"
#include "redis/resp.hpp"
#include "redis/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::redis {

namespace {

constexpr std::size_t head_size = 64U << 10U;
constexpr std::uint64_t walk_limit = 16U << 20U;

Result<Health> judge_commands(Tree& tree, const std::string& path, Facts& facts) {
  const std::uint64_t size = RECOVER_TRY(tree.info(path)).size.count;
  if (size > walk_limit) return Health{HealthState::unknown, "large, commands not counted", {}};
  const Commands commands = RECOVER_TRY(walk_commands(tree, path, 0, walk_limit));
  set_fact(facts, "commands", static_cast<std::int64_t>(commands.count));
  const std::string name = last_component(path);
  if (commands.is_garbage) {
    return Health{HealthState::damaged,
                  "damaged in the middle",
                  {fmt::format("{}: no command at offset {} of {}.", name, commands.whole_until, size)}};
  }
  if (commands.applied_until != size) {
    return Health{
        HealthState::needs_recovery,
        "last command cut short",
        {fmt::format("{}: whole up to offset {} of {}; a server truncates the rest when it loads it.", name,
                     commands.applied_until, size)}};
  }
  return Health{HealthState::ok, "complete", {}};
}

bool is_worse(const Health& left, const Health& right) {
  return static_cast<int>(left.state) > static_cast<int>(right.state);
}

Result<Health> judge_part(Tree& tree, const std::string& path, const std::string& head, Facts& facts) {
  if (!tree.is_directory_tree()) return Health{HealthState::unknown, "inside an archive, end not read", {}};
  if (read_rdb_head(head)) return judge_snapshot(tree, path, scan_checksum_limit);
  return judge_commands(tree, path, facts);
}

/// One part of the manifest: its state, and what a snapshot base says.
Result<void> add_part(Finding& finding, Tree& tree, const AofFile& file, const std::string& path) {
  const auto info = tree.info(path);
  if (!info || info->type != EntryType::file) {
    finding.health = {
        HealthState::incomplete, "a part is missing", {file.name + " is in the manifest, but not here."}};
    return {};
  }
  finding.content_time = std::max(finding.content_time, info->modified);
  if (info->size.count == 0) return {};
  const std::string head = RECOVER_TRY(tree.read_decoded_head(path, head_size));
  if (const auto rdb = read_rdb_head(head)) state_snapshot(finding, *rdb, file.name);
  Health health = RECOVER_TRY(judge_part(tree, path, head, finding.facts));
  if (is_worse(health, finding.health)) finding.health = std::move(health);
  return {};
}

Result<std::vector<AofFile>> read_manifest(const Candidate& candidate, Tree& tree, std::string& name) {
  for (const Entry& entry : RECOVER_TRY(tree.list(candidate.path))) {
    if (entry.type != EntryType::file || !entry.name.ends_with(".manifest")) continue;
    const std::string text = RECOVER_TRY(tree.read(join_path(candidate.path, entry.name), 0, head_size));
    if (auto files = parse_aof_manifest(text)) {
      name = entry.name;
      return std::move(*files);
    }
  }
  return not_recognised(candidate, "no manifest of append-only files");
}

}  // namespace

Result<Finding> probe_append_only_file(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, head_size));
  if (!begins_with_command(head)) return not_recognised(candidate, "the first bytes are no command");
  Finding finding = finding_of(candidate);
  finding.product = "Redis";
  finding.confidence = Confidence::certain;
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  finding.evidence.emplace_back("begins with a Redis command; append-only files name no version");
  if (!candidate.encoding.empty()) {
    finding.health = {HealthState::unknown, "compressed, end not read", {}};
  } else {
    finding.health = RECOVER_TRY(judge_part(tree, candidate.path, head, finding.facts));
  }
  const auto instance = instance_files(parent_path(candidate.path), tree);
  if (instance && instance->append_only == candidate.path) finding.role = Role::part;
  return finding;
}

Result<Finding> probe_append_only_directory(const Candidate& candidate, Tree& tree) {
  std::string manifest;
  const std::vector<AofFile> files = RECOVER_TRY(read_manifest(candidate, tree, manifest));
  Finding finding = finding_of(candidate);
  finding.product = "Redis";
  finding.confidence = Confidence::certain;
  finding.health = {HealthState::ok, "complete", {}};
  const auto parts = std::count_if(files.begin(), files.end(),
                                   [](const AofFile& file) { return file.part != AofPart::history; });
  finding.evidence.push_back(fmt::format("{} names {} parts", manifest, parts));
  for (const AofFile& file : files) {
    if (file.part == AofPart::history) continue;  // replaced by a rewrite, being deleted
    RECOVER_TRY(add_part(finding, tree, file, join_path(candidate.path, file.name)));
  }
  if (finding.version.text.empty()) finding.version = {"7.0 or newer", "manifest " + manifest};
  const auto instance = instance_files(parent_path(candidate.path), tree);
  if (instance && instance->append_only == candidate.path) finding.role = Role::part;
  return finding;
}

}  // namespace recover::redis
