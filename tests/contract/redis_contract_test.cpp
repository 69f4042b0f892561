// Redis and Valkey join the contract, with snapshots and append-only files of the forest.
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins redis("redis",
                  {
                      {"rdb", "var/lib/redis/dump.rdb", "7.0.15", from_forest("var/lib/redis/dump.rdb")},
                      {"rdb", "srv/e/nine.rdb", "9.0.0", from_forest("srv/e/nine.rdb")},
                      {"multi_part_aof", "srv/f/appendonlydir", "7.0.15", from_forest("srv/f/appendonlydir")},
                      {"append_only_file", "srv/g/appendonly.aof", "", from_forest("srv/g/appendonly.aof")},
                  });

}  // namespace

}  // namespace recover::test
