/// What a record of the log says of transactions and restore points.
#pragma once

#include "postgresql/wal.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace recover::postgresql {

/// The end of a transaction.
struct TransactionEnd {
  std::int64_t time = 0;     ///< microseconds since the epoch
  bool is_prepared = false;  ///< of a prepared transaction, whose number is not the record's
};

/// Nothing when the record ends no transaction.
std::optional<TransactionEnd> transaction_end(const WalRecord& record);

/// The name of pg_create_restore_point(); nothing when the record is none.
std::optional<std::string> restore_point(const WalRecord& record);

/// True for the record that ends the backup which began at `start`.
bool ends_backup(const WalRecord& record, Lsn start);

}  // namespace recover::postgresql
