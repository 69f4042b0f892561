// MySQL, MariaDB and Percona Server: recognises data directories, dumps and backups. No server is ever
// pointed at what is found: even one that refuses to start writes into the directory.
#include "recover/plugin.hpp"
#include "mysql/probe.hpp"

#include <array>

namespace recover::mysql {

namespace {

constexpr std::array<Form, 11> forms{{
    {"data_directory", probe_data_directory},
    {"data_directory_without_innodb", probe_data_directory},
    {"physical_backup", probe_physical_backup},
    {"enterprise_backup", probe_enterprise_backup},
    {"backup_stream", probe_backup_stream},
    {"mydumper", probe_mydumper},
    {"unfinished_mydumper", probe_mydumper},
    {"shell_dump", probe_shell_dump},
    {"dump", probe_dump},
    {"other_dump", probe_dump},
    {"binary_log", probe_binary_log},
}};

std::string server_of(const Finding& finding) {
  return finding.product + (finding.version.text.empty() ? "" : " " + finding.version.text);
}

std::vector<OwnWay> ways(const Finding& finding) {
  if (finding.kind == "data directory") {
    return {{Strategy::direct, finding.health.summary,
             "Copy the directory, start " + server_of(finding) +
                 " (the same major.minor) on the copy with --skip-networking and look there first."},
            {Strategy::container, "the version that wrote it may not be installed",
             "Start a container of " + server_of(finding) +
                 " on a copy, then dump it with mariadb-dump or mysqldump."}};
  }
  if (finding.kind == "SQL dump") {
    return {{Strategy::dump, "the dump is plain SQL",
             "Load it into an empty " + server_of(finding) + " or newer with the mysql or mariadb client."}};
  }
  if (finding.kind == "mydumper directory") {
    return {{Strategy::dump, finding.health.summary, "Load it with myloader -d " + finding.name + "."}};
  }
  if (finding.kind == "MySQL Shell dump") {
    return {{Strategy::dump, finding.health.summary, "Load it with util.loadDump() of MySQL Shell."}};
  }
  return {{Strategy::direct, finding.health.summary,
           "Prepare a copy with the backup program of " + server_of(finding) +
               ", then start that server on it."}};
}

std::unique_ptr<Engine> create() {
  return make_recogniser({forms, nullptr, ways});
}

const PluginInfo info{sizeof(PluginInfo),
                      {},
                      "mysql",
                      "MySQL and MariaDB data directories, dumps and backups",
                      nullptr,
                      0,
                      create};

}  // namespace

}  // namespace recover::mysql

RECOVER_PLUGIN(recover::mysql::info);
