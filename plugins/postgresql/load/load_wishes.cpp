// A plan outlives the process that made it, so what was asked for travels as facts of the plan: a resumed
// load leaves out and allows what the first one did.
#include "postgresql/load/load_wishes.hpp"

#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql::load {

namespace {

dump::Allowed allowed_of(const std::vector<std::string>& words, const std::vector<std::string>& extensions) {
  const auto has = [&](const char* word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  dump::Allowed allowed;
  allowed.meta_commands = has("meta_commands");
  allowed.program = has("program");
  allowed.alter_system = has("alter_system");
  allowed.language_c = has("language_c");
  allowed.known_extensions = {extensions.begin(), extensions.end()};
  return allowed;
}

void set_list(Facts& facts, const char* name, const std::vector<std::string>& values) {
  if (!values.empty()) set_fact(facts, name, values);
}

/// A plan of nothing would end as a recovery.
Result<void> check_parts(const Plan& plan) {
  if (!wanted_parts(plan).empty()) return {};
  return make_error(recover::errors::scan_nothing_selected, plan.finding.path,
                    database_choice(plan).contents
                        ? "none of the databases that were asked for is in this dump"
                        : "only roles and tablespaces are asked for, and a dump of one database has none");
}

}  // namespace

DatabaseChoice database_choice(const Plan& plan) {
  const std::string globals = text_fact(plan.facts, wish_fact::globals);
  return {list_fact(plan.facts, wish_fact::databases), list_fact(plan.facts, wish_fact::excluded_databases),
          globals != "no", globals != "only"};
}

std::vector<DumpPart> wanted_parts(const Plan& plan) {
  std::vector<DumpPart> parts = parts_of(plan.finding);
  const DatabaseChoice choice = database_choice(plan);
  // A script that stands alone may be of another database than its name says: its own lines decide.
  const bool is_alone = parts.size() == 1 && choice.contents;
  std::erase_if(parts, [&](const DumpPart& part) {
    return !part.database.empty() && !(is_alone && part.form == "sql") && !choice.takes(part.database);
  });
  return parts;
}

Result<void> note_wishes(Plan& plan, const Wishes& wishes) {
  set_list(plan.facts, wish_fact::databases, wishes.databases);
  set_list(plan.facts, wish_fact::excluded_databases, wishes.excluded_databases);
  if (wishes.roles.globals != "yes") set_fact(plan.facts, wish_fact::globals, wishes.roles.globals);
  set_list(plan.facts, wish_fact::allowed, wishes.allowed);
  set_list(plan.facts, wish_fact::known_extensions, wishes.extensions);
  RECOVER_TRY(check_parts(plan));
  return note_names(plan, wishes);
}

bool reads_first(const Plan& plan, const Wishes& wishes) {
  return wishes.validate_first || !supposed_databases(plan).empty();
}

Result<void> check_choice(const DatabaseChoice& choice, const TargetNames& names,
                          const std::vector<std::string>& loaded) {
  if (!choice.contents) return {};
  for (const std::string& wanted : choice.only) {
    if (std::find(loaded.begin(), loaded.end(), names.database(wanted)) != loaded.end()) continue;
    return make_error(recover::errors::scan_nothing_selected, "no database \"" + wanted + "\" in the dump",
                      loaded.empty() ? "none of those that were asked for is in it"
                                     : fmt::format("of those asked for it has: {}", fmt::join(loaded, ", ")));
  }
  return {};
}

dump::Allowed allowed_by(const Plan& plan) {
  return allowed_of(list_fact(plan.facts, wish_fact::allowed),
                    list_fact(plan.facts, wish_fact::known_extensions));
}

dump::Allowed allowed_by(const Wishes& wishes) {
  return allowed_of(wishes.allowed, wishes.extensions);
}

}  // namespace recover::postgresql::load
