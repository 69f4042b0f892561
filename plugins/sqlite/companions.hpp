/// The files that travel with a database: NAME-wal (changes not yet in the file) and NAME-journal (how
/// to undo changes that are half in the file). Without them the database opens and lacks data.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace recover::sqlite {

/// Committed changes waiting in a write-ahead log.
struct WriteAheadLog {
  bool exists = false;
  Bytes size;
  std::uint32_t page_size = 0;  ///< 0: the file is empty or its header is not one
  std::uint64_t frames = 0;     ///< frames with the salts of the header
  std::uint64_t committed = 0;  ///< frames up to and including the last commit
  bool is_cut_short = false;    ///< only the beginning was looked at: there may be more
};

struct Journal {
  bool exists = false;
  Bytes size;
  bool is_hot = false;             ///< SQLite would roll back with it
  std::uint32_t pages_before = 0;  ///< database size in pages to which the rollback returns
};

WriteAheadLog read_wal(Tree& tree, const std::string& database_path);
Journal read_journal(Tree& tree, const std::string& database_path);

/// The same from bytes: `header` the first 32 bytes, frames follow.
WriteAheadLog parse_wal(std::string_view bytes);
/// From the first 28 bytes.
Journal parse_journal(std::string_view bytes);

}  // namespace recover::sqlite
