/// The beginning of an RDB file: format, writer, and what it says of its contents before the first key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace recover::redis {

struct RdbHead {
  unsigned format = 0;                                   ///< 10 of REDIS0010
  bool is_valkey = false;                                ///< magic VALKEY: Valkey 9 and later
  bool is_keydb = false;                                 ///< its keys carry KeyDB's time stamps
  std::vector<std::pair<std::string, std::string>> aux;  ///< "redis-ver" -> "7.0.15"
  struct Database {
    std::uint64_t number = 0;
    std::uint64_t keys = 0;
    std::uint64_t expiring = 0;
  };
  std::optional<Database> first;  ///< the first database with its sizes; later ones lie behind its keys
  bool is_empty = false;          ///< the end follows at once: no keys at all

  [[nodiscard]] std::string aux_value(std::string_view name) const;
};

/// The head, or nothing when this is not an RDB file. Needs only the first few KiB.
std::optional<RdbHead> read_rdb_head(std::string_view bytes);

/// The releases that write this format ("2.6 to 3.0"), for files that do not name their writer.
std::string writers_of(unsigned format);

}  // namespace recover::redis
