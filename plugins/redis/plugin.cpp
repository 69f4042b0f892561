// Redis, Valkey and KeyDB: recognises snapshots, append-only files and the directory that holds both.
// A found configuration is never used: it may name a master from which the copy would be overwritten.
#include "recover/plugin.hpp"
#include "redis/probe.hpp"
#include "redis/snapshot.hpp"

#include <array>
#include <limits>

namespace recover::redis {

namespace {

constexpr std::array<Form, 6> forms{{
    {"instance", probe_instance},
    {"old_instance", probe_instance},
    {"multi_part_aof", probe_append_only_directory},
    {"rdb", probe_snapshot},
    {"append_only_file", probe_append_only_file},
    {"named_append_only_file", probe_append_only_file},
}};

/// The checksum of snapshots that are too large for a scan.
Result<void> examine(Finding& finding, Tree& tree) {
  const bool is_unread = finding.health.summary == "complete, checksum not computed";
  if (finding.kind != "RDB snapshot" || !is_unread) return {};
  finding.health = RECOVER_TRY(judge_snapshot(tree, finding.path, std::numeric_limits<std::uint64_t>::max()));
  return {};
}

std::vector<OwnWay> ways(const Finding& finding) {
  const std::string server =
      finding.product + " " + (finding.version.text.empty() ? "server" : finding.version.text);
  if (finding.kind == "RDB snapshot") {
    return {
        {Strategy::direct, "a snapshot is loaded as a whole",
         "Put a copy as dump.rdb into an empty directory and start " + server +
             " or newer there with --appendonly no --save ''. With appendonly yes it would start empty."}};
  }
  return {{Strategy::direct, "append-only files are replayed at start",
           "Copy the directory and start " + server +
               " or newer on the copy with --appendonly yes, its own configuration and no replicaof."}};
}

std::unique_ptr<Engine> create() {
  return make_recogniser({forms, examine, ways});
}

const PluginInfo info{sizeof(PluginInfo),
                      {},
                      "redis",
                      "Redis, Valkey and KeyDB snapshots and append-only files",
                      nullptr,
                      0,
                      create};

}  // namespace

}  // namespace recover::redis

RECOVER_PLUGIN(recover::redis::info);
