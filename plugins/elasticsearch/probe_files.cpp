// What is left of a search engine without its server: a bare Lucene index (Solr, or any program), and
// files of documents as elasticdump or the bulk interface write them.
#include "elasticsearch/probe.hpp"
#include "elasticsearch/shard.hpp"
#include "recover/json_leaves.hpp"
#include "recover/text_dump.hpp"

#include <algorithm>
#include <set>

namespace recover::elasticsearch {

namespace {

constexpr std::size_t head_size = 64U << 10U;

/// Solr keeps data/index below the core's directory, which holds core.properties.
bool belongs_to_solr(Tree& tree, const std::string& directory) {
  std::string above = directory;
  for (int level = 0; level < 2; ++level) {
    above = parent_path(above);
    if (tree.has_file(join_path(above, "core.properties"))) return true;
  }
  return false;
}

}  // namespace

Result<Finding> probe_lucene_index(const Candidate& candidate, Tree& tree) {
  const Shard shard = read_shard(tree, candidate.path);
  const bool is_sound = !shard.commit.lucene.empty() || !shard.commit.elasticsearch.empty();
  if (!is_sound) return not_recognised(candidate, "no readable commit of Lucene 6 or newer");
  Finding finding = finding_of(candidate);
  finding.product = "Lucene";
  finding.version = {shard.commit.lucene, shard.commit_name};
  finding.confidence = Confidence::certain;
  finding.content_time = shard.modified;
  finding.health = shard.flaws.empty()
                       ? Health{HealthState::ok, "commit and footers right", {"Checksums were not computed."}}
                       : Health{HealthState::damaged, "damaged files", shard.flaws};
  finding.evidence.push_back(shard.commit_name + " was written by Lucene " + shard.commit.lucene);
  if (belongs_to_solr(tree, candidate.path)) {
    finding.kind = "Lucene index of a Solr core";
    finding.evidence.emplace_back("core.properties above it");
  }
  if (!shard.commit.elasticsearch.empty()) {
    finding.kind = "shard of Elasticsearch " + shard.commit.elasticsearch;
    finding.role = Role::part;
    finding.health.notes.emplace_back(
        "It is one shard without its node: index name and mapping are not here.");
  }
  return finding;
}

Result<Finding> probe_documents(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, head_size));
  std::set<std::string> indices;
  each_line(head, [&indices](std::string_view line) {
    const JsonLeaves json = json_leaves(line);
    for (const char* path : {"_index", "index/_index", "create/_index"}) {
      const std::string index = json.at(path);
      if (!index.empty()) indices.insert(index);
    }
    return true;
  });
  if (indices.empty()) return not_recognised(candidate, "no line names an index");
  Finding finding = finding_of(candidate);
  finding.product = "Elasticsearch";
  finding.confidence = Confidence::probable;
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  finding.databases.assign(indices.begin(), indices.end());
  finding.evidence.emplace_back("lines of JSON that name an index; they name no version");
  if (!candidate.encoding.empty()) {
    finding.health = {HealthState::unknown, "compressed, end not read", {}};
    return finding;
  }
  const auto last = last_line(tree, candidate.path);
  const bool is_whole = last && last->ends_with('}');
  finding.health =
      is_whole ? Health{HealthState::unknown, "ends with a whole line", {}}
               : Health{HealthState::incomplete, "cut short", {"The last line is not a whole document."}};
  return finding;
}

}  // namespace recover::elasticsearch
