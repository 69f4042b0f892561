// InfluxDB joins the contract, with hand-made directories and backups of the
// forest.
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins influxdb("influxdb",
                     {
                         {"root_1", "var/lib/influxdb", "1.x", from_forest("var/lib/influxdb")},
                         {"portable_backup", "backup/influx", "1.x", from_forest("backup/influx")},
                         {"root_2", "root/.influxdbv2", "2.x", from_forest("root/.influxdbv2")},
                     });

}  // namespace

}  // namespace recover::test
