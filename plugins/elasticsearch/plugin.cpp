// Elasticsearch, OpenSearch and bare Lucene indexes: recognised, never opened with Lucene, whose older
// versions offer to throw away what they do not understand.
#include "recover/plugin.hpp"
#include "elasticsearch/probe.hpp"

#include <array>

namespace recover::elasticsearch {

namespace {

constexpr std::array<Form, 6> forms{{
    {"data_path", probe_data_path},
    {"flat_data_path", probe_data_path},
    {"snapshot_repository", probe_snapshot_repository},
    {"lucene_index", probe_lucene_index},
    {"elasticdump", probe_documents},
    {"bulk", probe_documents},
}};

std::vector<OwnWay> ways(const Finding& finding) {
  const std::string server =
      finding.product + (finding.version.text.empty() ? "" : " " + finding.version.text);
  if (finding.kind == "snapshot repository") {
    return {
        {Strategy::dump, "snapshots are the supported backup",
         "Name the directory in path.repo of " + server +
             " or the next major, register it as a read-only repository of type fs and restore from it."}};
  }
  if (finding.kind == "data path") {
    return {{Strategy::direct, finding.health.summary,
             "Copy the whole data path and start " + server +
                 " (same version or next major) on the copy with discovery.type: single-node."},
            {Strategy::container, "the version that wrote it may not be installed",
             "Start a container of " + server + " on a copy owned by user 1000."}};
  }
  if (finding.product == "Lucene") {
    return {{Strategy::direct, finding.health.summary,
             "Open a copy with Lucene " + finding.version.text +
                 " or the next major; run CheckIndex of the same "
                 "version and never with -exorcise."}};
  }
  return {{Strategy::dump, finding.health.summary, "Load it with elasticdump or the _bulk interface."}};
}

std::unique_ptr<Engine> create() {
  return make_recogniser({forms, nullptr, ways});
}

const PluginInfo info{
    sizeof(PluginInfo), {}, "elasticsearch", "Elasticsearch, OpenSearch and Lucene data", nullptr, 0, create};

}  // namespace

}  // namespace recover::elasticsearch

RECOVER_PLUGIN(recover::elasticsearch::info);
