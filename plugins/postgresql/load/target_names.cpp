// Names are changed where the dump is read, before anything else looks at it: the load, its record, the proof
// and the exchange know the names of the target only. What a person chooses (--database) and what the plan
// says of the source are names of the dump.
#include "postgresql/load/target_names.hpp"

#include "postgresql/dump/database_names.hpp"
#include "postgresql/dump/role_names.hpp"
#include "postgresql/errors.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/load/load_wishes.hpp"
#include "postgresql/load/names.hpp"
#include "recover/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recover::postgresql::load {

namespace {

namespace name_fact {
inline constexpr auto databases = "renamed_databases";  // pairs: old, new, old, new
inline constexpr auto suffix = "database_suffix";
inline constexpr auto roles = "mapped_roles";  // pairs
inline constexpr auto owners = "owner_policy";
inline constexpr auto supposed = "supposed_databases";
}  // namespace name_fact

using Pairs = std::map<std::string, std::string>;

Pairs pairs_fact(const Facts& facts, const char* name) {
  Pairs pairs;
  const std::vector<std::string> flat = list_fact(facts, name);
  for (std::size_t at = 0; at + 1 < flat.size(); at += 2) pairs.emplace(flat[at], flat[at + 1]);
  return pairs;
}

void set_pairs(Facts& facts, const char* name, const std::vector<std::string>& flat) {
  if (!flat.empty()) set_fact(facts, name, flat);
}

/// The databases that the dump is known to hold before it is read.
std::vector<std::string> known_databases(const Plan& plan) {
  std::vector<std::string> names = plan.finding.databases;
  const auto parts = parts_of(plan.finding);
  // The name of a script's file counts only where its own lines say nothing.
  const bool says_so = parts.size() == 1 && parts.front().form == "sql" && !names.empty();
  for (const DumpPart& part : parts) {
    const bool is_new = std::find(names.begin(), names.end(), part.database) == names.end();
    if (!part.database.empty() && is_new && !says_so) names.push_back(part.database);
  }
  const DatabaseChoice choice = database_choice(plan);
  std::erase_if(names, [&](const std::string& name) { return !choice.takes(name); });
  return names;
}

bool is_known(const Plan& plan, const std::string& name) {
  return std::any_of(plan.databases.begin(), plan.databases.end(),
                     [&](const NamedDatabase& one) { return one.source == name; });
}

/// Of a long cluster dump only the beginning was looked at.
void suppose_databases(Plan& plan, const TargetNames& names) {
  const bool tells_all = plan.finding.kind != "pg_dumpall" || !flag_fact(plan.finding.facts, fact::head_only);
  if (tells_all || !database_choice(plan).contents) return;
  std::vector<std::string> supposed;
  for (const auto& [old_name, new_name] : names.databases) {
    if (is_known(plan, old_name)) continue;
    supposed.push_back(old_name);
    plan.databases.push_back({old_name, new_name});
  }
  if (!supposed.empty()) set_fact(plan.facts, name_fact::supposed, supposed);
}

Result<void> check_distinct(const std::vector<NamedDatabase>& databases) {
  for (auto one = databases.begin(); one != databases.end(); ++one) {
    const auto other = std::find_if(databases.begin(), one,
                                    [&](const auto& before) { return before.target == one->target; });
    if (other == one) continue;
    return make_error(errors::name_taken, "database " + one->target,
                      fmt::format("{} and {} would both be called so", other->source, one->source));
  }
  return {};
}

}  // namespace

bool is_of_every_cluster(const std::string& database) {
  return database == "postgres" || database == "template1" || database == "template0";
}

std::string TargetNames::database(const std::string& in_dump) const {
  if (const auto found = databases.find(in_dump); found != databases.end()) return found->second;
  const bool stays = in_dump == "template0" || (keeps_own_databases && is_of_every_cluster(in_dump));
  return stays ? in_dump : in_dump + suffix;
}

std::string TargetNames::with_roles(std::string_view sql) const {
  std::string text(sql);
  if (!sets_owners) text = dump::without_owner(text);
  if (roles.empty() || text.empty()) return text;
  return dump::with_role_names(text, [this](const std::string& role) {
    const auto found = roles.find(role);
    return found == roles.end() ? role : found->second;
  });
}

std::string TargetNames::with_databases(std::string_view sql) const {
  if (databases.empty() && suffix.empty()) return std::string(sql);
  return dump::with_database_names(sql, [this](const std::string& in_dump) { return database(in_dump); });
}

Result<void> check_name(const std::string& database, const std::string& name) {
  std::string cause;
  const bool is_plain = std::all_of(name.begin(), name.end(), [](char letter) {
    return static_cast<unsigned char>(letter) >= ' ' && letter != '\x7f';
  });
  if (name.empty()) cause = "the name is empty";
  if (name.size() > longest_name)
    cause = fmt::format("the name has {} bytes, and the server keeps {}", name.size(), longest_name);
  if (!is_plain) cause = "the name holds a control character";
  if (name == "template0" || name == "template1")
    cause = "every server has it, and makes other databases of it";
  if (cause.empty()) return {};
  return make_error(errors::name_invalid, fmt::format("database {} as \"{}\"", database, name), cause);
}

Result<void> note_names(Plan& plan, const Wishes& wishes) {
  std::vector<std::string> databases;
  std::vector<std::string> roles;
  for (const NamedDatabase& one : wishes.names.databases) {
    RECOVER_TRY(check_name(one.source, one.target));
    databases.insert(databases.end(), {one.source, one.target});
  }
  for (const auto& [old_role, new_role] : wishes.roles.map) roles.insert(roles.end(), {old_role, new_role});
  set_pairs(plan.facts, name_fact::databases, databases);
  set_pairs(plan.facts, name_fact::roles, roles);
  if (!wishes.names.suffix.empty()) set_fact(plan.facts, name_fact::suffix, wishes.names.suffix);
  if (wishes.roles.owners != "keep") set_fact(plan.facts, name_fact::owners, wishes.roles.owners);
  const TargetNames names = target_names(plan);
  for (const std::string& name : known_databases(plan)) {
    if (names.is_renamed(name)) RECOVER_TRY(check_name(name, names.database(name)));
    plan.databases.push_back({name, names.database(name)});
  }
  suppose_databases(plan, names);
  return check_distinct(plan.databases);
}

TargetNames target_names(const Plan& plan) {
  TargetNames names;
  names.databases = pairs_fact(plan.facts, name_fact::databases);
  names.suffix = text_fact(plan.facts, name_fact::suffix);
  names.keeps_own_databases = plan.target.kind != TargetKind::server;
  names.roles = pairs_fact(plan.facts, name_fact::roles);
  names.sets_owners = text_fact(plan.facts, name_fact::owners) != "target";
  return names;
}

std::vector<std::string> supposed_databases(const Plan& plan) {
  return list_fact(plan.facts, name_fact::supposed);
}

Result<void> check_supposed(const Plan& plan, const std::vector<InnerDatabase>& in_dump) {
  for (const std::string& name : supposed_databases(plan)) {
    const bool is_there = std::any_of(in_dump.begin(), in_dump.end(),
                                      [&](const InnerDatabase& one) { return one.name == name; });
    if (is_there) continue;
    return make_error(recover::errors::usage_invalid, "cannot rename " + name,
                      "the dump was read to its end and holds no database of that name");
  }
  return {};
}

}  // namespace recover::postgresql::load
