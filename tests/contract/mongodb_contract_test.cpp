// MongoDB joins the contract. No server of it can be had here: the files are made by hand (the forest).
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins mongodb("mongodb",
                    {
                        {"data_directory", "var/lib/mongodb", "5.0 or 6.0", from_forest("var/lib/mongodb")},
                        {"dump", "backup/mongo/dump", "7.0.16", from_forest("backup/mongo/dump")},
                        {"archive", "backup/mongo.archive", "6.0.3", from_forest("backup/mongo.archive")},
                    });

}  // namespace

}  // namespace recover::test
