/// InnoDB's redo log: who wrote it, and whether the server was shut down cleanly.
#pragma once

#include "recover/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace recover::mysql {

enum class RedoFormat {
  none,          ///< no log file
  before_5_7_9,  ///< MySQL up to 5.7.8, MariaDB up to 10.1: no creator
  blocks,        ///< 512-byte blocks: MySQL, MariaDB up to 10.7
  mariadb_10_8,  ///< records without blocks
};

enum class Shutdown { unknown, clean, unclean, probably_unclean };

struct RedoLog {
  RedoFormat format = RedoFormat::none;
  std::string path;     ///< the file that was read
  std::string creator;  ///< "MariaDB 10.11.19", "Backup 10.11.19", "MySQL 8.0.29"
  bool is_encrypted = false;
  std::uint64_t checkpoint = 0;
  Shutdown shutdown = Shutdown::unknown;
  std::int64_t modified = 0;
};

/// The log below the data directory: ib_logfile0, or #innodb_redo/ (MySQL 8.0.30 and later).
RedoLog read_redo_log(Tree& tree, const std::string& data_directory);

}  // namespace recover::mysql
