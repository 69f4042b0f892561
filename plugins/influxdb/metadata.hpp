/// The metadata of InfluxDB 1.x: meta.db, and the same bytes inside backups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recover::influxdb {

struct Metadata {
  std::vector<std::string> databases;  ///< without _internal, the server's own statistics
  std::uint64_t retention_policies = 0;
  std::uint64_t shard_groups = 0;
  std::uint64_t users = 0;
};

/// The metadata, or nothing when these bytes are not it: there is no magic, so all of it must parse.
std::optional<Metadata> parse_metadata(std::string_view bytes);

}  // namespace recover::influxdb
