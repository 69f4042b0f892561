// global/pg_control. The layout is chosen by the version number in the file, never by "the checksum is
// right": 10 and 13 have it at the same place with other fields before it. A version that is not in the
// table is believed only as far as its checksum is found somewhere, and then only the fields that never
// moved are used. Offsets: catalog/pg_control.h of each version, compared with pg_controldata.
#include "postgresql/control_file.hpp"

#include "postgresql/legacy_crc.hpp"
#include "recover/crc32c.hpp"
#include "recover/decoder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

/// Where the fields of one control version lie. The part behind the checkpoint copy is the same in all
/// but for a shift; what is younger than 9.6 is listed by its own offset.
struct Layout {
  std::uint32_t control_version;
  std::uint32_t only_catalog;   ///< 942 was used by two layouts; 0 = any
  std::size_t checkpoint_copy;  ///< of checkPointCopy.redo
  std::size_t earlier;          ///< bytes by which all behind the copy lies earlier than in 9.6
  bool wide_transaction;        ///< nextXid is one 64-bit number (12+)
  bool wal_senders;             ///< max_wal_senders is recorded (12+)
  bool commit_timestamp;        ///< track_commit_timestamp is recorded (9.5+)
  std::size_t float8_by_value;
  std::size_t checksum_version;
  std::size_t crc;
  std::size_t crc_32bit;  ///< of a build with 4-byte alignment; 0 = not known
};

constexpr Layout layouts[] = {
    {942, 201409291, 48, 8, false, false, false, 234, 236, 240, 0},
    {942, 201510051, 48, 0, false, false, true, 250, 252, 256, 0},
    {960, 0, 48, 0, false, false, true, 250, 252, 256, 0},
    {1002, 0, 48, 0, false, false, true, 249, 252, 288, 0},
    {1100, 0, 40, 8, false, false, true, 241, 244, 280, 0},
    {1201, 0, 40, 0, true, true, true, 249, 252, 288, 0},
    {1300, 0, 40, 0, true, true, true, 248, 252, 288, 268},
    {1700, 0, 40, 0, true, true, true, 248, 252, 288, 272},
    {1800, 0, 40, 0, true, true, true, 248, 252, 292, 276},
};

constexpr std::uint32_t last_with_legacy_crc = 201409291;  // 9.4

const Layout* layout_of(std::uint32_t control_version, std::uint32_t catalog_version) {
  const auto* row = std::find_if(std::begin(layouts), std::end(layouts), [&](const Layout& layout) {
    return layout.control_version == control_version &&
           (layout.only_catalog == 0 || layout.only_catalog == catalog_version);
  });
  return row == std::end(layouts) ? nullptr : row;
}

std::uint32_t u32(std::string_view bytes, std::size_t at) {
  return Decoder(bytes, at).little32();
}
std::int32_t i32(std::string_view bytes, std::size_t at) {
  return static_cast<std::int32_t>(u32(bytes, at));
}
std::uint64_t u64(std::string_view bytes, std::size_t at) {
  return Decoder(bytes, at).little64();
}
std::int64_t i64(std::string_view bytes, std::size_t at) {
  return static_cast<std::int64_t>(u64(bytes, at));
}
bool flag(std::string_view bytes, std::size_t at) {
  return at < bytes.size() && bytes[at] != 0;
}

bool crc_matches(std::string_view bytes, const Layout& layout) {
  if (bytes.size() < layout.crc + 4) return false;
  const auto covered = bytes.substr(0, layout.crc);
  const std::uint32_t computed =
      layout.only_catalog == last_with_legacy_crc ? legacy_crc32(covered) : crc32c(covered);
  return computed == u32(bytes, layout.crc);
}

/// The only offset at which the CRC of everything before it is stored, or 0: the struct ends there.
std::size_t find_crc(std::string_view bytes, bool big_endian) {
  constexpr std::size_t first = 64;
  std::size_t found = 0;
  int hits = 0;
  std::uint32_t running = crc32c_add(crc32c_start, bytes.substr(0, std::min(first, bytes.size())));
  for (std::size_t at = first; at + 4 <= bytes.size(); at += 4) {
    Decoder stored(bytes, at);
    if (crc32c_finish(running) == (big_endian ? stored.big32() : stored.little32())) {
      found = at;
      ++hits;
    }
    running = crc32c_add(running, bytes.substr(at, 4));
  }
  return hits == 1 ? found : 0;
}

/// The fields that have not moved since 9.4 in a build with 8-byte alignment.
void read_fixed_fields(std::string_view bytes, std::size_t checkpoint_copy, ControlFile& control) {
  control.system_identifier = u64(bytes, 0);
  control.control_version = u32(bytes, 8);
  control.catalog_version = u32(bytes, 12);
  control.state = static_cast<ClusterState>(u32(bytes, 16));
  control.time = i64(bytes, 24);
  control.checkpoint = Lsn{u64(bytes, 32)};
  control.redo = Lsn{u64(bytes, checkpoint_copy)};
  control.timeline = u32(bytes, checkpoint_copy + 8);
}

void read_checkpoint(std::string_view bytes, const Layout& layout, ControlFile& control) {
  const std::size_t copy = layout.checkpoint_copy;
  control.previous_timeline = u32(bytes, copy + 12);
  control.full_page_writes = flag(bytes, copy + 16);
  if (layout.wide_transaction) {
    const std::uint64_t next = u64(bytes, copy + 24);
    control.next_transaction_epoch = static_cast<std::uint32_t>(next >> 32);
    control.next_transaction = static_cast<std::uint32_t>(next);
    control.next_oid = u32(bytes, copy + 32);
    control.checkpoint_time = i64(bytes, copy + 64);
  } else {
    control.next_transaction_epoch = u32(bytes, copy + 20);
    control.next_transaction = u32(bytes, copy + 24);
    control.next_oid = u32(bytes, copy + 28);
    control.checkpoint_time = i64(bytes, copy + 56);
  }
}

void read_settings(std::string_view bytes, const Layout& layout, ControlFile& control) {
  control.wal_level = i32(bytes, 172 - layout.earlier);
  std::size_t at = 180 - layout.earlier;
  const auto next = [&] {
    at += 4;
    return i32(bytes, at - 4);
  };
  control.settings.max_connections = next();
  control.settings.max_worker_processes = next();
  if (layout.wal_senders) control.settings.max_wal_senders = next();
  control.settings.max_prepared_transactions = next();
  control.settings.max_locks_per_transaction = next();
  if (layout.commit_timestamp) at += 4;
  control.maximum_alignment = static_cast<std::uint32_t>(next());
}

void read_build(std::string_view bytes, const Layout& layout, ControlFile& control) {
  // Without track_commit_timestamp (9.4) the numbers begin 8 bytes earlier, alignment included.
  const std::size_t from = (layout.commit_timestamp ? 216U : 208U) - layout.earlier;
  control.block_size = u32(bytes, from);
  control.relation_segment_blocks = u32(bytes, from + 4);
  control.wal_block_size = u32(bytes, from + 8);
  control.wal_segment_size = u32(bytes, from + 12);
  control.name_length = u32(bytes, from + 16);
  control.index_max_keys = u32(bytes, from + 20);
  control.toast_chunk_size = u32(bytes, from + 24);
  control.large_object_chunk = u32(bytes, from + 28);
  control.float8_by_value = flag(bytes, layout.float8_by_value);
  control.checksum_version = u32(bytes, layout.checksum_version);
}

void read_all_fields(std::string_view bytes, const Layout& layout, ControlFile& control) {
  read_fixed_fields(bytes, layout.checkpoint_copy, control);
  read_checkpoint(bytes, layout, control);
  control.min_recovery = Lsn{u64(bytes, 136 - layout.earlier)};
  control.min_recovery_timeline = u32(bytes, 144 - layout.earlier);
  control.backup_start = Lsn{u64(bytes, 152 - layout.earlier)};
  control.backup_end = Lsn{u64(bytes, 160 - layout.earlier)};
  control.backup_end_required = flag(bytes, 168 - layout.earlier);
  read_settings(bytes, layout, control);
  read_build(bytes, layout, control);
}

/// A big-endian writer: its version number is a known one when its bytes are swapped.
bool read_big_endian(std::string_view bytes, ControlFile& control) {
  Decoder decoder(bytes);
  const std::uint64_t identifier = decoder.big64();
  const std::uint32_t version = decoder.big32();
  const std::uint32_t catalog = decoder.big32();
  if (layout_of(version, catalog) == nullptr || find_crc(bytes, true) == 0) return false;
  control.status = ControlStatus::other_architecture;
  control.architecture = "big-endian";
  control.system_identifier = identifier;
  control.control_version = version;
  control.catalog_version = catalog;
  control.state = static_cast<ClusterState>(decoder.big32());
  control.version = version_of_catalog(catalog);
  control.flaw = "It was written by a big-endian machine.";
  return true;
}

/// A writer whose longest alignment is 4 bytes (i386): times and positions lie closer together.
void read_32bit(std::string_view bytes, ControlFile& control) {
  control.status = ControlStatus::other_architecture;
  control.architecture = "32-bit little-endian";
  control.flaw = "It was written by a 32-bit build.";
  control.system_identifier = u64(bytes, 0);
  control.state = static_cast<ClusterState>(u32(bytes, 16));
  control.time = i64(bytes, 20);
  control.checkpoint = Lsn{u64(bytes, 28)};
}

/// The layout is unknown, or known and its checksum is not where it should be.
void read_unusual(std::string_view bytes, const Layout* layout, ControlFile& control) {
  const std::size_t crc = find_crc(bytes, false);
  if (crc == 0) {
    if (read_big_endian(bytes, control)) return;
    control.flaw = "Its checksum is wrong: it is torn, overwritten or not a control file.";
    return;
  }
  if (layout != nullptr && (crc == layout->crc_32bit || (layout->crc_32bit == 0 && crc < layout->crc))) {
    read_32bit(bytes, control);
    return;
  }
  control.status = ControlStatus::unknown_version;
  read_fixed_fields(bytes, 40, control);
  control.flaw = fmt::format("It is intact, but its version {} is not known.", control.control_version);
}

}  // namespace

std::string to_text(ClusterState state) {
  switch (state) {
    case ClusterState::starting_up: return "starting up";
    case ClusterState::shut_down: return "shut down";
    case ClusterState::shut_down_in_recovery: return "shut down in recovery";
    case ClusterState::shutting_down: return "shutting down";
    case ClusterState::in_crash_recovery: return "in crash recovery";
    case ClusterState::in_archive_recovery: return "in archive recovery";
    case ClusterState::in_production: return "in production";
  }
  return "unknown state";
}

std::string wal_level_text(std::int32_t level) {
  switch (level) {
    case 0: return "minimal";
    case 1: return "replica";
    case 2: return "logical";
    default: return {};
  }
}

ControlFile parse_control_file(std::string_view bytes) {
  ControlFile control;
  bytes = bytes.substr(0, control_file_read_size);
  if (bytes.size() < control_file_read_size) {
    control.flaw = fmt::format("It is cut short: {} bytes.", bytes.size());
    return control;
  }
  control.control_version = u32(bytes, 8);
  control.catalog_version = u32(bytes, 12);
  control.version = version_of_catalog(control.catalog_version);
  const Layout* layout = layout_of(control.control_version, control.catalog_version);
  if (layout == nullptr || !crc_matches(bytes, *layout)) {
    read_unusual(bytes, layout, control);
    return control;
  }
  control.status = ControlStatus::good;
  control.architecture = "64-bit little-endian";
  read_all_fields(bytes, *layout, control);
  return control;
}

}  // namespace recover::postgresql
