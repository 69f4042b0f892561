// SQLite joins the contract, with databases that the real library made (the forest).
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins sqlite("sqlite", {
                                 {"database", "srv/app/data.db", any_version, from_forest("srv/app/data.db")},
                                 {"database", "srv/app3/no_extension", any_version,
                                  from_forest("srv/app3/no_extension")},
                                 {"dump", "backup/notes.sql", "", from_forest("backup/notes.sql")},
                             });

}  // namespace

}  // namespace recover::test
