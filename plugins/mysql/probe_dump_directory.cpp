// Directories of dump files: mydumper (metadata as text until 0.11, as INI since) and MySQL Shell. Both
// write their end marker into a file of its own, so a whole dump is told without reading the data.
#include "mysql/probe.hpp"
#include "mysql/server_version.hpp"
#include "recover/json_leaves.hpp"
#include "recover/text_dump.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

namespace recover::mysql {

namespace {

constexpr std::size_t metadata_size = 1U << 20U;

struct Metadata {
  bool is_finished = false;
  bool is_begun = false;
  std::int64_t rows = 0;
  std::int64_t tables = 0;  ///< 0: the old form, which lists none
};

Metadata read_metadata(const std::string& text) {
  Metadata metadata;
  each_line(text + "\n", [&metadata](std::string_view line) {
    if (line.find("Started dump at") != std::string_view::npos) metadata.is_begun = true;
    if (line.find("Finished dump at") != std::string_view::npos) metadata.is_finished = true;
    if (line.starts_with("[`")) ++metadata.tables;
    if (line.starts_with("rows")) {
      const std::size_t digits = line.find_first_of("0123456789");
      std::int64_t rows = 0;
      if (digits != std::string_view::npos)
        std::from_chars(line.data() + digits, line.data() + line.size(), rows);
      metadata.rows += rows;
    }
    return true;
  });
  return metadata;
}

/// "shop" of shop-schema-create.sql, "shop.customers-schema.sql.gz".
std::string database_of(const std::string& name) {
  const std::size_t create = name.find("-schema-create.sql");
  if (create != std::string::npos) return name.substr(0, create);
  if (name.find("-schema.sql") == std::string::npos) return {};
  return name.substr(0, std::min(name.find('.'), name.find("-schema.sql")));
}

/// Schema files begin with /*!40101 SET NAMES binary*/; nothing names the server.
void state_tables(Finding& finding, const Metadata& metadata) {
  if (metadata.tables == 0) return;
  set_fact(finding.facts, "tables", metadata.tables);
  set_fact(finding.facts, "rows", metadata.rows);
  finding.evidence.push_back(fmt::format("metadata: {} tables, {} rows", metadata.tables, metadata.rows));
}

}  // namespace

Result<Finding> probe_mydumper(const Candidate& candidate, Tree& tree) {
  const std::vector<Entry> entries = RECOVER_TRY(tree.list(candidate.path));
  const bool is_partial = tree.has_file(join_path(candidate.path, "metadata.partial"));
  const std::string name = is_partial ? "metadata.partial" : "metadata";
  const Metadata metadata =
      read_metadata(RECOVER_TRY(tree.read(join_path(candidate.path, name), 0, metadata_size)));
  if (!metadata.is_begun) return not_recognised(candidate, name + " is not that of mydumper");
  Finding finding = finding_of(candidate);
  finding.product = "MySQL";
  finding.confidence = Confidence::certain;
  if (const auto info = tree.info(join_path(candidate.path, name))) finding.content_time = info->modified;
  std::set<std::string> databases;
  for (const Entry& entry : entries) {
    const std::string database = database_of(entry.name);
    if (!database.empty()) databases.insert(database);
  }
  finding.databases.assign(databases.begin(), databases.end());
  finding.evidence.push_back(name + " of mydumper, which names no server version");
  state_tables(finding, metadata);
  finding.health =
      metadata.is_finished && !is_partial
          ? Health{HealthState::ok, "complete", {}}
          : Health{HealthState::incomplete, "unfinished", {name + " has no line \"Finished dump at\"."}};
  return finding;
}

Result<Finding> probe_shell_dump(const Candidate& candidate, Tree& tree) {
  const JsonLeaves json =
      json_leaves(RECOVER_TRY(tree.read(join_path(candidate.path, "@.json"), 0, metadata_size)));
  const std::string dumper = json.at("dumper");
  if (!dumper.starts_with("mysqlsh")) return not_recognised(candidate, "@.json is not that of MySQL Shell");
  Finding finding = finding_of(candidate);
  finding.product = "MySQL";
  finding.version = {version_in(json.at("serverVersion")), "@.json, serverVersion"};
  finding.confidence = Confidence::certain;
  finding.databases = json.all("schemas/", "");
  finding.evidence.push_back("@.json: " + dumper);
  if (const auto info = tree.info(join_path(candidate.path, "@.json"))) finding.content_time = info->modified;
  finding.health =
      tree.has_file(join_path(candidate.path, "@.done.json"))
          ? Health{HealthState::ok, "complete", {}}
          : Health{
                HealthState::incomplete, "unfinished", {"@.done.json, which is written last, is missing."}};
  return finding;
}

}  // namespace recover::mysql
