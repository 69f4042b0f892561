// An RDB file. It is a database of its own unless the directory shows the instance it belongs to. Before
// Redis 7.0 an append-only file may begin with a snapshot: the field aof-preamble tells.
#include "redis/probe.hpp"
#include "redis/resp.hpp"
#include "redis/snapshot.hpp"

namespace recover::redis {

namespace {

constexpr std::size_t head_size = 64U << 10U;

/// BGSAVE writes to temp-PID.rdb and renames it when it is whole.
bool is_unfinished(const std::string& name) {
  return name.starts_with("temp-") && name.ends_with(".rdb");
}

Result<Health> judge(const Candidate& candidate, Tree& tree) {
  if (!candidate.encoding.empty()) return Health{HealthState::unknown, "compressed, end not read", {}};
  if (!tree.is_directory_tree()) return Health{HealthState::unknown, "inside an archive, end not read", {}};
  return judge_snapshot(tree, candidate.path, scan_checksum_limit);
}

}  // namespace

Result<Finding> probe_snapshot(const Candidate& candidate, Tree& tree) {
  const std::string bytes = RECOVER_TRY(tree.read_decoded_head(candidate.path, head_size));
  const std::optional<RdbHead> head = read_rdb_head(bytes);
  if (!head) return not_recognised(candidate, "no RDB header");
  Finding finding = finding_of(candidate);
  finding.confidence = head->aux.empty() && !head->first ? Confidence::probable : Confidence::certain;
  if (const auto info = tree.info(candidate.path)) finding.content_time = info->modified;
  if (!head->aux_value("ctime").empty()) finding.content_time = 0;  // the dump's own time is truer
  state_snapshot(finding, *head, finding.name);
  if (head->aux_value("aof-preamble") == "1") {
    finding.kind = "append-only file with RDB preamble";
    finding.health = {HealthState::unknown, "commands after the preamble not read", {}};
  } else {
    finding.health = RECOVER_TRY(judge(candidate, tree));
  }
  if (is_unfinished(finding.name)) {
    finding.role = Role::leftover;
    finding.evidence.emplace_back("the name is that of an unfinished background save");
  }
  const auto instance = instance_files(parent_path(candidate.path), tree);
  if (instance && (instance->snapshot == candidate.path || instance->append_only == candidate.path)) {
    finding.role = Role::part;
  }
  return finding;
}

}  // namespace recover::redis
