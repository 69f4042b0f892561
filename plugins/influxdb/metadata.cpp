// meta.db of InfluxDB 1.x is protobuf, not bolt (services/meta/internal/meta.proto, message Data):
//   5 databases { 1 name, 3 retention policies { 1 name, 5 shard groups } }, 6 users
// A message without magic is recognised by parsing to its end without a wrong field.
#include "influxdb/metadata.hpp"

#include "recover/decoder.hpp"

#include <functional>

namespace recover::influxdb {

namespace {

struct Field {
  std::uint64_t number = 0;
  std::string_view bytes;  ///< of strings and nested messages; empty for numbers
};

/// Calls `use` for every field of a message. False: it is not a message.
bool each_field(std::string_view message, const std::function<bool(const Field&)>& use) {
  Decoder in(message);
  while (!in.at_end() && !in.failed()) {
    const std::uint64_t key = in.varint();
    Field field{key >> 3U, {}};
    switch (key & 7U) {
      case 0: in.varint(); break;
      case 1: in.skip(8); break;
      case 2: field.bytes = in.take(in.varint()); break;
      case 5: in.skip(4); break;
      default: return false;
    }
    if (in.failed() || field.number == 0 || !use(field)) return false;
  }
  return !in.failed();
}

bool parse_policy(Metadata& metadata, std::string_view message) {
  ++metadata.retention_policies;
  return each_field(message, [&](const Field& field) {
    if (field.number == 5) ++metadata.shard_groups;
    return true;
  });
}

bool parse_database(Metadata& metadata, std::string_view message) {
  std::string name;
  Metadata counted;
  const bool is_sound = each_field(message, [&](const Field& field) {
    if (field.number == 1) name = field.bytes;
    return field.number != 3 || parse_policy(counted, field.bytes);
  });
  if (!is_sound || name.empty()) return false;
  if (name == "_internal") return true;
  metadata.databases.push_back(std::move(name));
  metadata.retention_policies += counted.retention_policies;
  metadata.shard_groups += counted.shard_groups;
  return true;
}

}  // namespace

std::optional<Metadata> parse_metadata(std::string_view bytes) {
  Metadata metadata;
  std::uint64_t fields = 0;
  const bool is_sound = each_field(bytes, [&](const Field& field) {
    ++fields;
    if (field.number == 6) ++metadata.users;
    return field.number < 32 && (field.number != 5 || parse_database(metadata, field.bytes));
  });
  // Term, index and cluster id are always there.
  if (!is_sound || fields < 3) return std::nullopt;
  return metadata;
}

}  // namespace recover::influxdb
