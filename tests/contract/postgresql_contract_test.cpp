// PostgreSQL joins the contract, with directories and dumps of the forest.
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins postgresql(
    "postgresql",
    {
        {"data_directory", "var/lib/postgresql/15/main", "15", from_forest("var/lib/postgresql/15/main")},
        {"data_directory", "var/lib/pgsql/9.6/data", "9.6", from_forest("var/lib/pgsql/9.6/data")},
        {"plain_dump", "backup/shop.sql", "15.3", from_forest("backup/shop.sql")},
        {"cluster_dump", "backup/all.sql", "15.3", from_forest("backup/all.sql")},
        {"custom_dump", "backup/shop.dump", "15.3", from_forest("backup/shop.dump")},
        {"directory_dump", "backup/shop.d", "15.3", from_forest("backup/shop.d")},
        {"tar_dump", "backup/shop.tar", "15.3", from_forest("backup/shop.tar")},
    });

}  // namespace

}  // namespace recover::test
