/// The probes of the InfluxDB plugin, one per form.
#pragma once

#include "recover/recogniser.hpp"

namespace recover::influxdb {

/// meta/ and data/ of a 1.x server.
Result<Finding> probe_root_1(const Candidate& candidate, Tree& tree);
/// influxd.bolt and engine/ of a 2.x server.
Result<Finding> probe_root_2(const Candidate& candidate, Tree& tree);
Result<Finding> probe_meta_alone(const Candidate& candidate, Tree& tree);
/// TSM files without a root.
Result<Finding> probe_shard(const Candidate& candidate, Tree& tree);
/// Manifest, metadata and archives of `influxd backup -portable` or `influx backup`.
Result<Finding> probe_portable_backup(const Candidate& candidate, Tree& tree);
Result<Finding> probe_legacy_backup(const Candidate& candidate, Tree& tree);
Result<Finding> probe_line_protocol(const Candidate& candidate, Tree& tree);
Result<Finding> probe_root_3(const Candidate& candidate, Tree& tree);

}  // namespace recover::influxdb
