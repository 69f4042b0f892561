// SQLite: recognises database files with their companions, and SQL dumps. Reads only: a database is
// never opened with the SQLite library, which would roll back or checkpoint it in place.
#include "recover/plugin.hpp"
#include "sqlite/probe.hpp"

#include <array>

namespace recover::sqlite {

namespace {

constexpr std::array<Form, 4> forms{{
    {"database", probe_database},
    {"dump", probe_dump},
    {"wal", probe_orphan},
    {"journal", probe_orphan},
}};

std::vector<OwnWay> ways(const Finding& finding) {
  if (finding.kind == "SQL dump") {
    return {{Strategy::dump, "the dump is plain SQL",
             "Load it into a new file: sqlite3 new.db < " + finding.name +
                 " (decompress it first if it is compressed)."}};
  }
  return {
      {Strategy::direct, finding.health.summary,
       "Copy the file together with its -wal and -journal into an empty directory, open the copy there with "
       "sqlite3 and run PRAGMA integrity_check."}};
}

std::unique_ptr<Engine> create() {
  return make_recogniser({forms, nullptr, ways});
}

const PluginInfo info{sizeof(PluginInfo),
                      {},
                      "sqlite",
                      "SQLite database files with -wal and -journal, SQL dumps",
                      nullptr,
                      0,
                      create};

}  // namespace

}  // namespace recover::sqlite

RECOVER_PLUGIN(recover::sqlite::info);
