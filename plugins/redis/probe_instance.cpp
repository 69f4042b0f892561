// The directory of a server that keeps both a snapshot and an append-only file. Which of the two counts
// is the trap of every Redis recovery: with appendonly yes the server ignores the snapshot, so the
// append-only file is the truth here and the snapshot is named as what it is, possibly older.
#include "redis/probe.hpp"
#include "redis/rdb.hpp"

#include <fmt/format.h>

namespace recover::redis {

namespace {

Candidate part_candidate(const Candidate& whole, const std::string& path) {
  Candidate part = whole;
  part.path = path;
  return part;
}

Result<Finding> probe_append_only(const Candidate& candidate, Tree& tree, const InstanceFiles& files) {
  const Candidate part = part_candidate(candidate, files.append_only);
  if (files.is_multi_part) return probe_append_only_directory(part, tree);
  const std::string head = RECOVER_TRY(tree.read(files.append_only, 0, 9));
  if (read_rdb_head(head)) return probe_snapshot(part, tree);
  return probe_append_only_file(part, tree);
}

void use(Finding& finding, Finding source) {
  finding.product = source.product;
  if (finding.version.text.empty() || !source.version.text.empty()) finding.version = source.version;
  finding.health = source.health;
  finding.content_time = source.content_time;
  finding.databases = source.databases;
  finding.facts = source.facts;
  finding.identity = source.identity;
}

}  // namespace

Result<Finding> probe_instance(const Candidate& candidate, Tree& tree) {
  const auto files = instance_files(candidate.path, tree);
  if (!files) return not_recognised(candidate, "no snapshot beside the append-only file");
  Result<Finding> snapshot = probe_snapshot(part_candidate(candidate, files->snapshot), tree);
  Result<Finding> append_only = probe_append_only(candidate, tree, *files);
  if (!snapshot && !append_only) return std::move(snapshot).error();
  Finding finding = finding_of(candidate);
  finding.confidence = Confidence::certain;
  if (snapshot) {
    use(finding, *snapshot);
    set_fact(finding.facts, "snapshot_time", snapshot->content_time);
    finding.evidence.insert(finding.evidence.end(), snapshot->evidence.begin(), snapshot->evidence.end());
  }
  if (append_only) {
    const Version snapshot_version = finding.version;
    use(finding, *append_only);
    // The base may be older than the server that wrote the last snapshot; commands name no version.
    if (!snapshot_version.text.empty()) finding.version = snapshot_version;
    finding.evidence.insert(finding.evidence.end(), append_only->evidence.begin(),
                            append_only->evidence.end());
    finding.health.notes.push_back(
        fmt::format("It holds a snapshot ({}) and an append-only file ({}): the append-only file counts.",
                    last_component(files->snapshot), last_component(files->append_only)));
  }
  set_fact(finding.facts, "snapshot", files->snapshot);
  set_fact(finding.facts, "append_only", files->append_only);
  return finding;
}

}  // namespace recover::redis
