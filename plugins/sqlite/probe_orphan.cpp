// A -wal or -journal on its own. Beside its database it is part of that finding; beside a file without
// magic it shows that this is an encrypted database; alone it is what is left of one.
#include "sqlite/companions.hpp"
#include "sqlite/header.hpp"
#include "sqlite/probe.hpp"

#include <fmt/format.h>

namespace recover::sqlite {

namespace {

Finding encrypted(const Candidate& candidate, const std::string& database, const EntryInfo& info) {
  Finding finding = finding_of(candidate);
  finding.kind = "encrypted database file";
  finding.product = "SQLite";
  finding.path = database;
  finding.name = last_component(database);
  finding.size += Size{info.size, info.allocated, 1};
  finding.role = Role::wrapper;
  finding.confidence = Confidence::possible;
  finding.content_time = info.modified;
  finding.health = {HealthState::locked, "encrypted, key needed", {}};
  finding.evidence.push_back(last_component(candidate.path) +
                             " is a SQLite companion, the file itself has no " + "SQLite header");
  finding.advice = "Open it with the program it belongs to, or with sqlcipher and its key.";
  return finding;
}

}  // namespace

Result<Finding> probe_orphan(const Candidate& candidate, Tree& tree) {
  const std::size_t dash = candidate.path.rfind('-');
  if (dash == std::string::npos)
    return not_recognised(candidate, "its name does not end in -wal or -journal");
  const std::string database = candidate.path.substr(0, dash);
  const auto info = tree.info(database);
  if (info && info->type == EntryType::file) {
    const std::string head = RECOVER_TRY(tree.read(database, 0, header_size));
    const bool could_be_encrypted =
        info->size.count >= 512 && info->size.count % 512 == 0 && !head.starts_with("SQLite");
    if (!could_be_encrypted) return not_recognised(candidate, "it belongs to " + database);
    return encrypted(candidate, database, *info);
  }
  Finding finding = finding_of(candidate);
  finding.product = "SQLite";
  finding.role = Role::part;
  finding.confidence = Confidence::probable;
  finding.health = {HealthState::incomplete,
                    "its database is missing",
                    {fmt::format("{} is not beside it; a companion alone holds only changed pages.",
                                 last_component(database))}};
  finding.evidence.push_back("magic of " + candidate.kind);
  return finding;
}

}  // namespace recover::sqlite
