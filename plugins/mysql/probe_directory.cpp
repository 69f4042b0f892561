// A data directory: who wrote it, what is in it, and whether its server was shut down. The redo log
// decides the health; table files prove nothing, because in a crashed directory committed rows may be
// only in the log while the .ibd is still full of zeros.
#include "mysql/databases.hpp"
#include "mysql/innodb_page.hpp"
#include "mysql/probe.hpp"
#include "mysql/redo_log.hpp"
#include "mysql/server_version.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::mysql {

namespace {

std::string server_uuid(Tree& tree, const std::string& directory) {
  const auto text = tree.read(join_path(directory, "auto.cnf"), 0, 4096);
  if (!text) return {};
  const std::size_t key = text->find("server-uuid=");
  return key == std::string::npos ? std::string() : text->substr(key + 12, 36);
}

Health judge_redo(const RedoLog& redo) {
  switch (redo.shutdown) {
    case Shutdown::clean: return {HealthState::ok, "shut down cleanly", {}};
    case Shutdown::unclean:
      return {HealthState::needs_recovery,
              "not shut down cleanly",
              {fmt::format(
                  "{} holds changes behind its last checkpoint (LSN {}): it is as precious as the tables.",
                  last_component(redo.path), redo.checkpoint)}};
    case Shutdown::probably_unclean:
      return {HealthState::needs_recovery,
              "recovery likely",
              {"The end of the redo log is not that of a clean shutdown."}};
    case Shutdown::unknown: break;
  }
  return {HealthState::unknown, "shutdown state not readable", {}};
}

Health judge(Tree& tree, const std::string& directory, const RedoLog& redo,
             const std::optional<SpaceHeader>& system) {
  if (redo.format == RedoFormat::none) {
    return {HealthState::incomplete,
            "redo log missing",
            {"Neither ib_logfile0 nor #innodb_redo is here: a server refuses to start without it."}};
  }
  if (redo.is_encrypted || (system && system->is_encrypted)) {
    return {HealthState::locked,
            "encrypted, key needed",
            {"It is encrypted at rest: the key file or keyring of the server is needed to open it."}};
  }
  Health health = judge_redo(redo);
  const auto info = tree.info(join_path(directory, "ibdata1"));
  if (system && info && info->size.count / system->page_size < system->pages) {
    health = {HealthState::damaged,
              "ibdata1 cut short",
              {fmt::format("ibdata1 should have {} pages, {} are here.", system->pages,
                           info->size.count / system->page_size)}};
  }
  return health;
}

void state_galera(Finding& finding, Tree& tree) {
  const auto text = tree.read(join_path(finding.path, "grastate.dat"), 0, 4096);
  if (!text) return;
  finding.evidence.emplace_back("grastate.dat: member of a Galera cluster");
  if (text->find("seqno:   -1") != std::string::npos) {
    finding.health.notes.emplace_back("grastate.dat says seqno -1: this node was running or crashed.");
  }
}

/// A server that runs keeps its process id here; a copy of it was taken from under a live server.
void state_process(Finding& finding, const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    if (entry.name.ends_with(".pid"))
      finding.evidence.push_back(entry.name + ": was running when this was copied");
  }
}

std::int64_t newest_time(Tree& tree, const std::string& directory, std::int64_t otherwise) {
  for (const char* name : {"ibdata1", "ibtmp1", "aria_log_control", "mysql.ibd"}) {
    if (const auto info = tree.info(join_path(directory, name)))
      otherwise = std::max(otherwise, info->modified);
  }
  return otherwise;
}

}  // namespace

Result<Finding> probe_data_directory(const Candidate& candidate, Tree& tree) {
  const std::string& directory = candidate.path;
  const auto system = read_space_header(tree, join_path(directory, "ibdata1"));
  const std::vector<Entry> entries = RECOVER_TRY(tree.list(directory));
  const bool has_innodb = tree.has_file(join_path(directory, "ibdata1"));
  if (has_innodb && (!system || system->space_id != 0))
    return not_recognised(candidate, "ibdata1 is no system tablespace");
  const RedoLog redo = read_redo_log(tree, directory);
  const Writer writer = find_writer(tree, directory, redo, system);
  if (!has_innodb && writer.version.text.empty())
    return not_recognised(candidate, "no table definition is readable");
  Finding finding = finding_of(candidate);
  finding.product = writer.product;
  finding.version = writer.version;
  finding.confidence = Confidence::certain;
  finding.identity = server_uuid(tree, directory);
  finding.health = has_innodb ? judge(tree, directory, redo, system)
                              : Health{HealthState::unknown, "no InnoDB; MyISAM and Aria tables only", {}};
  finding.content_time = newest_time(tree, directory, redo.modified);
  Contents contents = RECOVER_TRY(list_contents(tree, directory));
  finding.databases = std::move(contents.databases);
  set_fact(finding.facts, "tables", static_cast<std::int64_t>(contents.tables));
  if (system) set_fact(finding.facts, "page_size", std::int64_t{system->page_size});
  if (!redo.creator.empty()) {
    finding.evidence.push_back(fmt::format("{}: written by {}", last_component(redo.path), redo.creator));
  }
  finding.evidence.push_back(has_innodb ? "ibdata1 begins with page 0 of the system tablespace"
                                        : "mysql/*.frm");
  // MariaDB backups are copied back with this creator; a server that never ran on one leaves it so.
  if (redo.creator.starts_with("Backup") || redo.creator.starts_with("xtrabkup")) {
    finding.health.notes.emplace_back(
        "The redo log was written by a backup program: no server has run on it yet.");
  }
  state_galera(finding, tree);
  state_process(finding, entries);
  return finding;
}

}  // namespace recover::mysql
