// Physical backups: mariabackup and xtrabackup directories, MySQL Enterprise Backup, xbstream files, and
// binary logs on their own. A backup that was not prepared is a torn copy with the redo log that mends
// it: it must be prepared by the same program before any server sees it.
#include "mysql/databases.hpp"
#include "mysql/innodb_page.hpp"
#include "mysql/probe.hpp"
#include "mysql/server_version.hpp"
#include "recover/decoder.hpp"
#include "recover/text_dump.hpp"

#include <fmt/format.h>

namespace recover::mysql {

namespace {

constexpr std::size_t text_size = 64U << 10U;

/// "full-backuped" of "backup_type = full-backuped"; also "key=value".
std::string value_of(const std::string& text, std::string_view key) {
  std::string value;
  each_line(text + "\n", [&](std::string_view line) {
    if (!line.starts_with(key)) return true;
    std::size_t at = line.find_first_not_of(" \t", key.size());
    if (at == std::string_view::npos || line[at] != '=') return true;
    at = line.find_first_not_of(" \t", at + 1);
    if (at != std::string_view::npos) value = line.substr(at);
    return false;
  });
  return value;
}

std::string read_first_of(Tree& tree, const std::string& directory,
                          std::initializer_list<const char*> names) {
  for (const char* name : names) {
    auto text = tree.read(join_path(directory, name), 0, text_size);
    if (text) return std::move(*text);
  }
  return {};
}

Health judge_preparation(const std::string& type, const std::string& tool) {
  if (type == "log-applied" || type == "full-prepared") return {HealthState::ok, "prepared", {}};
  if (type == "incremental") {
    return {HealthState::incomplete,
            "incremental",
            {"It holds changes only: it is applied to its full backup with " + tool + " --prepare."}};
  }
  return {
      HealthState::needs_recovery,
      "not prepared",
      {"It was copied from a running server: a copy of it must go through " + tool + " --prepare first."}};
}

void state_form(Finding& finding, const std::string& info) {
  for (const char* key : {"compressed", "partial", "encrypted"}) {
    const std::string value = value_of(info, key);
    if (value.empty() || value == "N") continue;
    finding.evidence.push_back(fmt::format("{} = {}", key, value));
    if (std::string_view(key) == "partial")
      finding.health.notes.emplace_back("It is a partial backup: not all tables are in it.");
    if (std::string_view(key) == "encrypted") finding.health.state = HealthState::locked;
  }
}

}  // namespace

Result<Finding> probe_physical_backup(const Candidate& candidate, Tree& tree) {
  const std::string checkpoints =
      read_first_of(tree, candidate.path, {"mariadb_backup_checkpoints", "xtrabackup_checkpoints"});
  const std::string type = value_of(checkpoints, "backup_type");
  if (type.empty()) return not_recognised(candidate, "no backup_type in its checkpoints file");
  const std::string info = read_first_of(tree, candidate.path, {"mariadb_backup_info", "xtrabackup_info"});
  Finding finding = finding_of(candidate);
  std::string tool = value_of(info, "tool_name");
  if (tool.empty()) tool = "xtrabackup";
  const std::string server = value_of(info, "server_version");
  finding.product =
      server.find("MariaDB") != std::string::npos || tool.starts_with("maria") ? "MariaDB" : "MySQL";
  finding.version = {version_in(server), "server_version of the backup's info file"};
  if (server.empty()) {
    const auto system = read_space_header(tree, join_path(candidate.path, "ibdata1"));
    finding.version = {system ? version_text(system->server_version) : std::string(), "page 0 of ibdata1"};
  }
  finding.kind = tool + " directory";
  finding.confidence = Confidence::certain;
  finding.identity = value_of(info, "uuid");
  finding.health = judge_preparation(type, tool);
  finding.evidence.push_back(fmt::format("backup_type = {}, made {}", type, value_of(info, "end_time")));
  state_form(finding, info);
  Contents contents = RECOVER_TRY(list_contents(tree, candidate.path));
  finding.databases = std::move(contents.databases);
  set_fact(finding.facts, "tables", static_cast<std::int64_t>(contents.tables));
  if (const auto file = tree.info(join_path(candidate.path, "ibdata1")))
    finding.content_time = file->modified;
  return finding;
}

Result<Finding> probe_enterprise_backup(const Candidate& candidate, Tree& tree) {
  const std::string text =
      RECOVER_TRY(tree.read(join_path(candidate.path, "meta/backup_variables.txt"), 0, text_size));
  const std::string applied = value_of(text, "apply_log_done");
  if (applied.empty() && text.find("[backup_variables]") == std::string::npos) {
    return not_recognised(candidate, "backup_variables.txt is not that of mysqlbackup");
  }
  Finding finding = finding_of(candidate);
  finding.product = "MySQL";
  finding.version = {version_in(value_of(text, "server_version")), "meta/backup_variables.txt"};
  finding.confidence = Confidence::probable;
  finding.health = judge_preparation(applied == "1" ? "full-prepared" : "", "mysqlbackup");
  finding.evidence.push_back("meta/backup_variables.txt, apply_log_done=" + applied);
  return finding;
}

Result<Finding> probe_backup_stream(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read_decoded_head(candidate.path, text_size));
  Decoder in(head);
  if (in.take(8) != "XBSTCK01") return not_recognised(candidate, "no xbstream chunk");
  in.skip(1);
  if (in.byte() != 'P') return not_recognised(candidate, "the first chunk holds no file");
  const std::string first(in.take(in.little32()));
  if (in.failed() || first.empty()) return not_recognised(candidate, "the first chunk has no path");
  Finding finding = finding_of(candidate);
  const bool is_mariadb = first.starts_with("aria_log") || head.find("aria_log_control") != std::string::npos;
  finding.product = is_mariadb ? "MariaDB" : "MySQL";
  // Offset 24 of the Aria log, which is among the first files; its name stands at offset 4.
  const std::size_t aria = head.find("MARIALOG");
  if (aria != std::string::npos)
    finding.version = {version_text(little32_at(head, aria + 20)), "Aria log in the stream"};
  finding.confidence = Confidence::certain;
  finding.content_time = RECOVER_TRY(tree.info(candidate.path)).modified;
  finding.health = {HealthState::needs_recovery,
                    "not prepared",
                    {"Extract it with mbstream -x or xbstream -x, then prepare it."}};
  finding.evidence.push_back("xbstream, first file " + first);
  return finding;
}

Result<Finding> probe_binary_log(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(tree.read(candidate.path, 0, 75));
  constexpr std::uint8_t format_description = 15;
  if (head.size() < 75 || static_cast<std::uint8_t>(head[8]) != format_description) {
    return not_recognised(candidate, "no format description event");
  }
  Finding finding = finding_of(candidate);
  const std::string server = head.substr(25, 50);
  finding.product = server.find("MariaDB") != std::string::npos ? "MariaDB" : "MySQL";
  finding.version = {version_in(server), "header of " + finding.name};
  finding.role = Role::part;
  finding.confidence = Confidence::certain;
  finding.content_time = little32_at(head, 4);
  finding.evidence.emplace_back("format description event of a binary log");
  return finding;
}

}  // namespace recover::mysql
