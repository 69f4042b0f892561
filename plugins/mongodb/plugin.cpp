// MongoDB: recognises data directories, dumps and exports. A data directory is never given to a server
// or to WiredTiger, whose library would write into it.
#include "recover/plugin.hpp"
#include "mongodb/probe.hpp"

#include <array>

namespace recover::mongodb {

namespace {

constexpr std::array<Form, 11> forms{{
    {"data_directory", probe_data_directory},
    {"mmapv1_directory", probe_mmapv1},
    {"dump", probe_dump},
    {"compressed_prelude_dump", probe_dump},
    {"full_dump", probe_dump},
    {"full_compressed_dump", probe_dump},
    {"database_dump", probe_dump},
    {"archive", probe_archive},
    {"bson", probe_bson},
    {"export", probe_export},
    {"percona_backup", probe_percona_backup},
}};

std::vector<OwnWay> ways(const Finding& finding) {
  const std::string server = "mongod" + (finding.version.text.empty() ? "" : " " + finding.version.text);
  if (finding.kind.starts_with("data directory")) {
    return {{Strategy::direct, finding.health.summary,
             "Copy the directory with its journal and start " + server +
                 " (the same major.minor) on the copy, without --replSet and bound to 127.0.0.1."},
            {Strategy::container, "the version that wrote it may not be installed",
             "Start a container of " + server + " on a copy, then mongodump from it."}};
  }
  if (finding.kind == "mongodump archive") {
    return {{Strategy::dump, finding.health.summary,
             "Load it with mongorestore --archive=" + finding.name + " (and --gzip if it is compressed)."}};
  }
  if (finding.kind == "mongoexport file") {
    return {{Strategy::dump, "one JSON document per line",
             "Load it with mongoimport --file " + finding.name + "."}};
  }
  if (finding.kind == "BSON file") {
    return {{Strategy::dump, finding.health.summary,
             "Load it with mongorestore --db NAME --collection NAME " + finding.name + "."}};
  }
  return {{Strategy::dump, finding.health.summary, "Load it with mongorestore --dir " + finding.name + "."}};
}

std::unique_ptr<Engine> create() {
  return make_recogniser({forms, nullptr, ways});
}

const PluginInfo info{
    sizeof(PluginInfo), {}, "mongodb", "MongoDB data directories, dumps and exports", nullptr, 0, create};

}  // namespace

}  // namespace recover::mongodb

RECOVER_PLUGIN(recover::mongodb::info);
