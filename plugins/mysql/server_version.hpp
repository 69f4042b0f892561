/// Which server wrote a data directory: product and version, from the surest witness there is.
#pragma once

#include "mysql/innodb_page.hpp"
#include "mysql/redo_log.hpp"
#include "recover/units.hpp"

#include <optional>
#include <string>

namespace recover::mysql {

struct Writer {
  std::string product;  ///< "MySQL" or "MariaDB"; files do not tell Percona Server from MySQL
  Version version;
};

/// `system` is the header of ibdata1, where there is one.
Writer find_writer(Tree& tree, const std::string& data_directory, const RedoLog& redo,
                   const std::optional<SpaceHeader>& system);

/// "MariaDB" of "MariaDB 10.11.19", "10.6.4-MariaDB-log"; "MySQL" of "MySQL 8.0.29"; else "".
std::string product_in(const std::string& text);

/// The first "N.N.N" in a text ("10.11.19" of "Backup 10.11.19-MariaDB"), or "".
std::string version_in(const std::string& text);

}  // namespace recover::mysql
