/// The probes of the Elasticsearch plugin, one per form.
#pragma once

#include "recover/recogniser.hpp"

namespace recover::elasticsearch {

Result<Finding> probe_data_path(const Candidate& candidate, Tree& tree);
Result<Finding> probe_snapshot_repository(const Candidate& candidate, Tree& tree);
/// segments_N without a server around it: Solr, or any program.
Result<Finding> probe_lucene_index(const Candidate& candidate, Tree& tree);
/// elasticdump and bulk requests: one JSON document per line.
Result<Finding> probe_documents(const Candidate& candidate, Tree& tree);

}  // namespace recover::elasticsearch
