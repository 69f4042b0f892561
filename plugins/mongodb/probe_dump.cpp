// What mongodump writes: directories of .bson with .metadata.json, and archives in one file; and what
// mongoexport writes. A .bson file has no end marker, so it is whole when the document lengths lead
// exactly to its end; an archive ends with a terminator.
#include "mongodb/bson.hpp"
#include "mongodb/documents.hpp"
#include "mongodb/probe.hpp"
#include "recover/decoder.hpp"
#include "recover/json_leaves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace recover::mongodb {

namespace {

constexpr std::size_t head_size = 1U << 20U;
constexpr std::uint64_t walk_limit = 16U << 20U;
constexpr std::uint32_t archive_magic = 0x8199e26dU;
constexpr std::uint32_t terminator = 0xffffffffU;

/// What was counted in a dump's directories.
struct Contents {
  std::set<std::string> databases;
  std::int64_t collections = 0;
  std::uint64_t documents = 0;
  std::uint64_t walked = 0;  ///< bytes of .bson whose structure was checked
  std::vector<std::string> flaws;
};

bool is_bson(const std::string& name) {
  return name.ends_with(".bson") || name.ends_with(".bson.gz");
}

void check_file(Contents& contents, Tree& tree, const std::string& path) {
  const auto info = tree.info(path);
  if (!path.ends_with(".bson") || !info || contents.walked + info->size.count > walk_limit) return;
  contents.walked += info->size.count;
  const auto documents = walk_documents(tree, path, walk_limit);
  if (!documents) return;
  contents.documents += documents->count;
  if (documents->whole_until == info->size.count) return;
  contents.flaws.push_back(fmt::format("{}: whole up to offset {} of {} ({} documents).",
                                       last_component(path), documents->whole_until, info->size.count,
                                       documents->count));
}

void add_directory(Contents& contents, Tree& tree, const std::string& directory) {
  const auto entries = tree.list(directory);
  if (!entries) return;
  bool has_collections = false;
  for (const Entry& entry : *entries) {
    if (entry.type != EntryType::file || !is_bson(entry.name) || entry.name.starts_with("oplog.bson"))
      continue;
    has_collections = true;
    ++contents.collections;
    if (tree.is_directory_tree()) check_file(contents, tree, join_path(directory, entry.name));
  }
  if (has_collections) contents.databases.insert(last_component(directory));
}

Health judge(const Contents& contents) {
  if (!contents.flaws.empty()) return {HealthState::incomplete, "cut short or damaged", contents.flaws};
  if (contents.walked == 0) return {HealthState::unknown, "structure not checked", {}};
  return {HealthState::ok, "every document whole", {}};
}

Version prelude_version(Tree& tree, const std::string& directory) {
  for (const char* name : {"prelude.json", "prelude.json.gz"}) {
    const auto text = tree.read_decoded_head(join_path(directory, name), head_size);
    if (!text) continue;
    return {json_leaves(*text).at("ServerVersion"), std::string(name) + ", ServerVersion"};
  }
  return {};
}

/// Header and collection list of an archive, each document until the terminator.
Result<void> read_archive_head(Finding& finding, std::string_view head) {
  std::set<std::string> databases;
  std::int64_t collections = 0;
  std::size_t at = 4;
  for (bool is_first = true; little32_at(head, at) != terminator; is_first = false) {
    const std::string_view document = head.substr(std::min(at, head.size()));
    const auto length = document_length(document);
    if (!length) break;
    if (is_first) {
      finding.version = {text_at(document, {"server_version"}), "archive header, server_version"};
      finding.evidence.push_back("made by mongodump " + text_at(document, {"tool_version"}));
    } else {
      const std::string database = text_at(document, {"db"});
      if (!database.empty()) databases.insert(database);
      ++collections;
    }
    at += *length;
  }
  finding.databases.assign(databases.begin(), databases.end());
  set_fact(finding.facts, "collections", collections);
  return {};
}

Result<Health> judge_archive_end(const Candidate& candidate, Tree& tree) {
  if (!candidate.encoding.empty()) return Health{HealthState::unknown, "compressed, end not read", {}};
  const std::uint64_t size = RECOVER_TRY(tree.info(candidate.path)).size.count;
  const auto tail = tree.read(candidate.path, size < 4 ? 0 : size - 4, 4);
  if (!tail) return Health{HealthState::unknown, "end not readable", {}};
  if (tail->size() == 4 && little32_at(*tail, 0) == terminator)
    return Health{HealthState::ok, "complete", {}};
  return Health{HealthState::incomplete, "cut short", {"The archive does not end with a terminator."}};
}

Finding begin(const Candidate& candidate) {
  Finding finding = finding_of(candidate);
  finding.product = "MongoDB";
  finding.confidence = Confidence::certain;
  return finding;
}

}  // namespace

Result<Finding> probe_dump(const Candidate& candidate, Tree& tree) {
  Contents contents;
  add_directory(contents, tree, candidate.path);
  bool is_one_database = !contents.databases.empty();
  if (!is_one_database) {
    for (const Entry& entry : RECOVER_TRY(tree.list(candidate.path))) {
      if (entry.type == EntryType::directory)
        add_directory(contents, tree, join_path(candidate.path, entry.name));
    }
  }
  if (contents.collections == 0) return not_recognised(candidate, "no .bson files below");
  Finding finding = begin(candidate);
  // Names alone do not make a dump: certain only with a readable prelude or one whole document.
  finding.version = prelude_version(tree, candidate.path);
  if (is_one_database && finding.version.text.empty()) {
    finding.version = prelude_version(tree, parent_path(candidate.path));
  }
  if (const auto info = tree.info(candidate.path)) finding.content_time = info->modified;
  finding.databases.assign(contents.databases.begin(), contents.databases.end());
  set_fact(finding.facts, "collections", contents.collections);
  finding.evidence.push_back(fmt::format("{} collections as .bson", contents.collections));
  if (tree.has(join_path(candidate.path, "oplog.bson")))
    finding.evidence.emplace_back("oplog.bson: point in time");
  if (finding.version.text.empty() && contents.documents == 0) finding.confidence = Confidence::possible;
  finding.health = judge(contents);
  return finding;
}

Result<Finding> probe_archive(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, head_size));
  if (little32_at(head, 0) != archive_magic || !document_length(std::string_view(head).substr(4))) {
    return not_recognised(candidate, "no archive header behind the magic");
  }
  Finding finding = begin(candidate);
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  RECOVER_TRY(read_archive_head(finding, head));
  finding.health = RECOVER_TRY(judge_archive_end(candidate, tree));
  return finding;
}

Result<Finding> probe_bson(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, 64U << 10U));
  const bool is_sound = document_length(head) && each_element(head, [](const BsonElement&) { return true; });
  if (!is_sound) return not_recognised(candidate, "the first bytes are no BSON document");
  Finding finding = begin(candidate);
  finding.confidence = Confidence::probable;
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  finding.evidence.emplace_back("begins with a BSON document; such files name no version");
  if (!candidate.encoding.empty() || !tree.is_directory_tree()) {
    finding.health = {HealthState::unknown, "end not read", {}};
    return finding;
  }
  Contents contents;
  check_file(contents, tree, candidate.path);
  finding.health = judge(contents);
  return finding;
}

Result<Finding> probe_export(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, 64U << 10U));
  const JsonLeaves first = json_leaves(std::string_view(head).substr(0, head.find('\n')));
  if (first.at("_id/$oid").size() != 24) return not_recognised(candidate, "the first line has no ObjectId");
  Finding finding = begin(candidate);
  finding.confidence = Confidence::probable;
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  finding.health = {HealthState::unknown, "one JSON document per line", {}};
  finding.evidence.emplace_back("first line has an _id as mongoexport writes it");
  return finding;
}

Result<Finding> probe_percona_backup(const Candidate& candidate, Tree&) {
  Finding finding = begin(candidate);
  finding.role = Role::repository;
  finding.confidence = Confidence::probable;
  finding.health = {HealthState::unknown, "read through pbm", {}};
  finding.advice = "Read it with Percona Backup for MongoDB: pbm list, pbm restore.";
  finding.evidence.emplace_back("*.pbm.json");
  return finding;
}

}  // namespace recover::mongodb
