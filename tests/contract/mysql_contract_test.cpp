// MySQL and MariaDB join the contract, with directories, backups and dumps of the forest.
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins mysql("mysql", {
                               {"data_directory", "var/lib/mysql", "10.11.18", from_forest("var/lib/mysql")},
                               {"data_directory", "srv/mysql8", "9.7.4", from_forest("srv/mysql8")},
                               {"physical_backup", "backup/mariabackup", "10.11.18",
                                from_forest("backup/mariabackup")},
                               {"backup_stream", "backup/stream.xb", "", from_forest("backup/stream.xb")},
                               {"mydumper", "backup/mydumper", "", from_forest("backup/mydumper")},
                               {"dump", "backup/my.sql", "8.0.36", from_forest("backup/my.sql")},
                           });

}  // namespace

}  // namespace recover::test
