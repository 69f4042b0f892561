/// global/pg_control: what state a cluster is in, read without a server.
#pragma once

#include "postgresql/versions.hpp"
#include "postgresql/wal_position.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recover::postgresql {

enum class ControlStatus {
  good,                ///< known layout, checksum right
  damaged,             ///< cut short, or the checksum fails at every possible place
  unknown_version,     ///< intact, but not a layout that is known; only the first fields are filled
  other_architecture,  ///< intact, written by a 32-bit or big-endian build; only the first fields are filled
};

/// DBState of catalog/pg_control.h; the numbers are the file's.
enum class ClusterState : std::uint32_t {
  starting_up = 0,
  shut_down = 1,
  shut_down_in_recovery = 2,
  shutting_down = 3,
  in_crash_recovery = 4,
  in_archive_recovery = 5,
  in_production = 6,
};

/// As pg_controldata prints it; "unknown state" for other numbers.
std::string to_text(ClusterState state);

/// Values of a server that one with a signal file must at least have.
struct MinimumSettings {
  std::int32_t max_connections = 0;
  std::int32_t max_worker_processes = 0;
  std::optional<std::int32_t> max_wal_senders;  ///< since 12
  std::int32_t max_prepared_transactions = 0;
  std::int32_t max_locks_per_transaction = 0;
};

struct ControlFile {
  ControlStatus status = ControlStatus::damaged;
  std::string flaw;                       ///< a sentence when the status is not good
  const MajorVersion* version = nullptr;  ///< by catalog version; nullptr unknown
  std::string architecture;               ///< "64-bit little-endian"

  // Filled unless damaged; the same place in every version.
  std::uint64_t system_identifier = 0;
  std::uint32_t control_version = 0;
  std::uint32_t catalog_version = 0;
  ClusterState state = ClusterState::starting_up;
  std::int64_t time = 0;  ///< last update, seconds since the epoch
  Lsn checkpoint;
  Lsn redo;
  std::uint32_t timeline = 0;

  // Filled when good.
  std::uint32_t previous_timeline = 0;
  bool full_page_writes = false;
  std::uint32_t next_transaction_epoch = 0;
  std::uint32_t next_transaction = 0;
  std::uint32_t next_oid = 0;
  std::int64_t checkpoint_time = 0;
  Lsn min_recovery;
  std::uint32_t min_recovery_timeline = 0;
  Lsn backup_start;
  Lsn backup_end;
  bool backup_end_required = false;
  std::int32_t wal_level = 0;
  MinimumSettings settings;
  std::uint32_t maximum_alignment = 0;
  std::uint32_t block_size = 0;
  std::uint32_t relation_segment_blocks = 0;
  std::uint32_t wal_block_size = 0;
  std::uint32_t wal_segment_size = 0;
  std::uint32_t name_length = 0;
  std::uint32_t index_max_keys = 0;
  std::uint32_t toast_chunk_size = 0;
  std::uint32_t large_object_chunk = 0;
  bool float8_by_value = false;
  std::uint32_t checksum_version = 0;  ///< 0 = page checksums are off
};

/// How much of the file is looked at: the struct is never longer.
inline constexpr std::size_t control_file_read_size = 512;
inline constexpr std::size_t control_file_size = 8192;

/// Reads the first bytes of the file. Never fails: what is wrong is in status and flaw.
ControlFile parse_control_file(std::string_view bytes);

/// "minimal", "replica", "logical"; empty for other numbers.
std::string wal_level_text(std::int32_t level);

}  // namespace recover::postgresql
