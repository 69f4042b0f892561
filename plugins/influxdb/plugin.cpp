// InfluxDB: recognises data roots, shards, backups and exports. A server started on foreign data deletes
// shards that its retention policies find too old: nothing is started here.
#include "recover/plugin.hpp"
#include "influxdb/probe.hpp"

#include <array>

namespace recover::influxdb {

namespace {

constexpr std::array<Form, 8> forms{{
    {"root_1", probe_root_1},
    {"root_2", probe_root_2},
    {"meta_alone", probe_meta_alone},
    {"shard", probe_shard},
    {"portable_backup", probe_portable_backup},
    {"legacy_backup", probe_legacy_backup},
    {"line_protocol", probe_line_protocol},
    {"catalog_3", probe_root_3},
}};

std::vector<OwnWay> ways(const Finding& finding) {
  if (finding.kind == "portable backup") {
    return {{Strategy::dump, finding.health.summary,
             "Load it with influxd restore -portable " + finding.name + "."}};
  }
  if (finding.kind == "backup (2.x)") {
    return {{Strategy::dump, finding.health.summary,
             "Load it with influx restore " + finding.name + " --bucket NAME."}};
  }
  if (finding.kind == "legacy backup") {
    return {{Strategy::dump, finding.health.summary,
             "Load it with influxd restore -metadir and -datadir into an empty root."}};
  }
  if (finding.kind == "line protocol export") {
    return {{Strategy::dump, finding.health.summary,
             "Load it with influx -import -path=" + finding.name + " (-compressed)."}};
  }
  return {
      {Strategy::direct, finding.health.summary,
       "Copy meta, data and wal (2.x: the whole root) and start influxd of the same series on the copy, with "
       "[retention] enabled = false and [continuous_queries] enabled = false."}};
}

std::unique_ptr<Engine> create() {
  return make_recogniser({forms, nullptr, ways});
}

const PluginInfo info{sizeof(PluginInfo),
                      {},
                      "influxdb",
                      "InfluxDB data roots, shards, backups and exports",
                      nullptr,
                      0,
                      create};

}  // namespace

}  // namespace recover::influxdb

RECOVER_PLUGIN(recover::influxdb::info);
