// Repositories of pgBackRest, Barman, WAL-G and pg_probackup. They hold blocks, bundles and chains that
// only their own tool puts together again, so they are recognised, dated as far as their index says,
// and the finding carries the line that makes a data directory of them.
#include "postgresql/repository_probe.hpp"

#include "postgresql/facts.hpp"
#include "recover/json_leaves.hpp"
#include "recover/recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql {

namespace {

constexpr std::size_t index_read = 65536;

Finding repository_of(const Candidate& candidate, std::string kind, std::string advice) {
  Finding finding = finding_of(candidate);
  finding.product = "PostgreSQL";
  finding.kind = std::move(kind);
  finding.role = Role::repository;
  finding.confidence = Confidence::probable;
  finding.advice = std::move(advice);
  finding.health = {HealthState::locked, "read through its own tool", {}};
  return finding;
}

/// The value of `key=value` in an INI-like text, without quotes and blanks.
std::string value_of(const std::string& text, const std::string& key) {
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    if (at > 0 && text[at - 1] != '\n') continue;
    std::size_t from = text.find_first_not_of(" \t", at + key.size());
    if (from == std::string::npos || text[from] != '=') continue;
    from = text.find_first_not_of(" \t\"'", from + 1);
    if (from == std::string::npos) return {};
    return text.substr(from, text.find_first_of("\"'\r\n", from) - from);
  }
  return {};
}

void set_identity(Finding& finding, const std::string& identifier) {
  if (identifier.empty()) return;
  finding.identity = identifier;
  set_fact(finding.facts, fact::system_identifier, identifier);
}

/// "17.5" -> "17.5"; Barman's 170005 -> "17.5".
std::string dotted_version(const std::string& number) {
  const int value = std::atoi(number.c_str());  // NOLINT: 0 for anything else, which is then shown as it is
  if (value < 100000) return number;
  return fmt::format("{}.{}", value / 10000, value % 10000);
}

std::vector<std::string> names_in(Tree& tree, const std::string& directory) {
  std::vector<std::string> names;
  if (const auto entries = tree.list(directory)) {
    for (const Entry& entry : *entries) names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Result<Finding> probe_pgbackrest(const Candidate& candidate, Tree& tree) {
  const bool is_archive = tree.has_file(join_path(candidate.path, "archive.info"));
  const std::string file = is_archive ? "archive.info" : "backup.info";
  const std::string text = RECOVER_TRY(tree.read(join_path(candidate.path, file), 0, index_read));
  const std::string stanza = last_component(candidate.path);
  const std::string repository = parent_path(parent_path(candidate.path));
  Finding finding = repository_of(
      candidate, is_archive ? "pgBackRest WAL archive" : "pgBackRest repository",
      fmt::format("pgbackrest --repo1-path={} --stanza={} --pg1-path=NEW_DIRECTORY --type=immediate "
                  "--target-action=promote restore",
                  tree.describe(repository), stanza));
  if (text.starts_with("Salted__")) {
    finding.health.notes.emplace_back(
        "The repository is encrypted; add --repo1-cipher-type and its passphrase.");
    return finding;
  }
  if (text.find("[backrest]") == std::string::npos && text.find("[db]") == std::string::npos) {
    return not_recognised(candidate, file + " is not pgBackRest's");
  }
  finding.confidence = Confidence::certain;
  finding.version = {value_of(text, "db-version"), file};
  set_identity(finding, value_of(text, "db-system-id"));
  const auto names = names_in(tree, candidate.path);
  const auto backups = std::count_if(names.begin(), names.end(), [&](const std::string& name) {
    return name.size() >= 16 && name[8] == '-' && text.find("\n" + name + "=") != std::string::npos;
  });
  if (!is_archive) finding.evidence.push_back(fmt::format("backup.info: {} finished backups", backups));
  if (is_archive) finding.role = Role::part;
  return finding;
}

Result<Finding> probe_barman(const Candidate& candidate, Tree& tree) {
  Finding finding =
      repository_of(candidate, "Barman repository",
                    fmt::format("barman recover {} latest NEW_DIRECTORY", last_component(candidate.path)));
  finding.confidence = Confidence::probable;
  if (const auto identity = tree.read(join_path(candidate.path, "identity.json"), 0, index_read)) {
    set_identity(finding, json_leaves(*identity).at("systemid"));
  }
  std::size_t finished = 0;
  const auto backups = names_in(tree, join_path(candidate.path, "base"));
  for (const std::string& name : backups) {
    const auto info = tree.read(join_path(candidate.path, "base/" + name + "/backup.info"), 0, index_read);
    if (!info) continue;
    const std::string status = value_of(*info, "status");
    if (status == "DONE" || status == "WAITING_FOR_WALS") ++finished;
    finding.version = {dotted_version(value_of(*info, "version")), "base/" + name + "/backup.info"};
    set_identity(finding, value_of(*info, "systemid"));
    finding.confidence = Confidence::certain;
  }
  if (finding.identity.empty() && finished == 0 && !tree.has(join_path(candidate.path, "identity.json"))) {
    return not_recognised(candidate, "neither a backup.info nor an identity.json");
  }
  finding.evidence.push_back(fmt::format("{} finished backups of {}", finished, backups.size()));
  return finding;
}

Result<Finding> probe_wal_g(const Candidate& candidate, Tree& tree) {
  Finding finding = repository_of(candidate, "WAL-G repository",
                                  fmt::format("WALG_FILE_PREFIX={} wal-g backup-fetch NEW_DIRECTORY LATEST",
                                              tree.describe(candidate.path)));
  const std::string directory = join_path(candidate.path, "basebackups_005");
  std::size_t finished = 0;
  for (const std::string& name : names_in(tree, directory)) {
    if (!name.ends_with("_backup_stop_sentinel.json")) continue;
    ++finished;
    const auto text = tree.read(join_path(directory, name), 0, index_read);
    if (!text) continue;
    const JsonLeaves sentinel = json_leaves(*text);
    finding.version = {dotted_version(sentinel.at("PgVersion")), name};
    set_identity(finding, sentinel.at("SystemIdentifier"));
    finding.confidence = Confidence::certain;
  }
  finding.evidence.push_back(fmt::format("{} finished backups", finished));
  return finding;
}

Result<Finding> probe_pg_probackup(const Candidate& candidate, Tree& tree) {
  const bool is_instance = tree.has_file(join_path(candidate.path, "pg_probackup.conf"));
  const std::string file = is_instance ? "pg_probackup.conf" : "backup.control";
  const std::string text = RECOVER_TRY(tree.read(join_path(candidate.path, file), 0, index_read));
  const std::string instance = is_instance ? candidate.path : parent_path(candidate.path);
  Finding finding =
      repository_of(candidate, "pg_probackup repository",
                    fmt::format("pg_probackup restore -B {} --instance {} -D NEW_DIRECTORY",
                                tree.describe(parent_path(parent_path(instance))), last_component(instance)));
  if (is_instance) set_identity(finding, value_of(text, "system-identifier"));
  if (!is_instance) finding.version = {value_of(text, "server-version"), file};
  if (is_instance && finding.identity.empty())
    return not_recognised(candidate, "pg_probackup.conf has no identifier");
  if (!is_instance && value_of(text, "backup-mode").empty()) {
    return not_recognised(candidate, "backup.control has no backup-mode");
  }
  if (!is_instance) finding.evidence.push_back("backup.control: status " + value_of(text, "status"));
  finding.confidence = Confidence::certain;
  return finding;
}

}  // namespace recover::postgresql
