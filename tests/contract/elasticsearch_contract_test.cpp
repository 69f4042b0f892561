// Elasticsearch and OpenSearch join the contract, with hand-made data paths of
// the forest.
#include "tests/contract/engine_contract.hpp"

namespace recover::test {

namespace {

const Joins elasticsearch(
    "elasticsearch",
    {
        {"data_path", "var/lib/elasticsearch", "7.17.10", from_forest("var/lib/elasticsearch")},
        {"data_path", "var/lib/opensearch", "2.13.0", from_forest("var/lib/opensearch")},
        {"snapshot_repository", "backup/es", "7.17.10", from_forest("backup/es")},
    });

}  // namespace

}  // namespace recover::test
