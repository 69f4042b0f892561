// The few records that tell where a replay may stop. Their data stands behind the headers of block
// references, origin and top transaction, of which these records have only the last two
// (access/xlogrecord.h, access/xact.h, catalog/pg_control.h; the same from 9.5 to 18).
#include "postgresql/replay/log_events.hpp"

#include "recover/decoder.hpp"

namespace recover::postgresql {

namespace {

constexpr std::size_t record_header = 24;
constexpr std::uint8_t log_manager = 0;
constexpr std::uint8_t transaction_manager = 1;
constexpr std::uint8_t backup_end_kind = 0x50;
constexpr std::uint8_t restore_point_kind = 0x70;
/// Microseconds from 1970 to 2000, where PostgreSQL's time begins.
constexpr std::int64_t epoch_distance = std::int64_t{946684800} * 1000000;

/// The record's own data; empty when it has references to blocks before it.
std::string_view own_data(std::string_view bytes) {
  constexpr std::uint8_t top_transaction = 252;
  constexpr std::uint8_t origin = 253;
  constexpr std::uint8_t long_data = 254;
  constexpr std::uint8_t short_data = 255;
  Decoder decoder(bytes, record_header);
  while (!decoder.at_end()) {
    const std::uint8_t kind = decoder.byte();
    if (kind == origin) {
      decoder.skip(2);
    } else if (kind == top_transaction) {
      decoder.skip(4);
    } else if (kind == long_data) {
      return decoder.take(decoder.little32());
    } else if (kind == short_data) {
      return decoder.take(decoder.byte());
    } else {
      return {};
    }
  }
  return {};
}

}  // namespace

std::optional<TransactionEnd> transaction_end(const WalRecord& record) {
  constexpr std::uint8_t mask = 0x70;
  constexpr std::uint8_t commit = 0x00;
  constexpr std::uint8_t abort = 0x20;
  constexpr std::uint8_t commit_prepared = 0x30;
  constexpr std::uint8_t abort_prepared = 0x40;
  if (record.manager != transaction_manager) return std::nullopt;
  const std::uint8_t kind = record.kind & mask;
  const bool is_prepared = kind == commit_prepared || kind == abort_prepared;
  if (kind != commit && kind != abort && !is_prepared) return std::nullopt;
  Decoder data(own_data(record.bytes));
  const auto time = static_cast<std::int64_t>(data.little64());
  if (data.failed()) return std::nullopt;
  return TransactionEnd{time + epoch_distance, is_prepared};
}

std::optional<std::string> restore_point(const WalRecord& record) {
  if (record.manager != log_manager || (record.kind & 0xF0U) != restore_point_kind) return std::nullopt;
  std::string_view data = own_data(record.bytes);
  if (data.size() <= sizeof(std::int64_t)) return std::nullopt;
  data.remove_prefix(sizeof(std::int64_t));  // its time
  return std::string(data.substr(0, data.find('\0')));
}

bool ends_backup(const WalRecord& record, Lsn start) {
  if (record.manager != log_manager || (record.kind & 0xF0U) != backup_end_kind) return false;
  const std::string_view data = own_data(record.bytes);
  return data.size() == sizeof(std::uint64_t) && Decoder(data).little64() == start.value;
}

}  // namespace recover::postgresql
