// Only statements that were carried out are counted. Where what a statement makes depends on what was there
// before it, the rules are those of pg_dump's own order (first tables, then their rows, then what is built on
// them); a dump in another order makes the kinds that it touches unclear, never wrong.
#include "postgresql/load/object_count.hpp"

#include "postgresql/load/options.hpp"
#include "postgresql/load/schedule.hpp"

#include <fmt/format.h>

#include <functional>

namespace recover::postgresql::load {

namespace {

using dump::KindSet;
using dump::ObjectKind;
using dump::set_of;

constexpr std::array<const char*, dump::object_kinds> names = {
    "schemas",
    "tables",
    "foreign tables",
    "views",
    "materialized views",
    "indexes",
    "sequences",
    "functions and procedures",
    "aggregates",
    "types",
    "domains",
    "triggers",
    "policies",
    "rules",
    "primary keys",
    "unique constraints",
    "exclusion constraints",
    "foreign keys",
    "check constraints",
    "columns and domains that must not be null",
    "constraints that were left unvalidated",
    "extensions",
    "comments",
    "operators",
    "operator classes",
    "operator families",
    "casts",
    "collations",
    "conversions",
    "text search configurations",
    "text search dictionaries",
    "text search parsers",
    "text search templates",
    "event triggers",
    "publications",
    "subscriptions",
    "foreign data wrappers",
    "foreign servers",
    "user mappings",
    "extended statistics",
    "access methods",
    "transforms",
    "large objects",
    "default privileges",
    "tables, views and sequences with privileges",
    "tables with privileges on columns",
    "schemas with privileges",
    "functions with privileges",
    "types with privileges",
    "large objects with privileges",
    "foreign data wrappers with privileges",
    "foreign servers with privileges",
    "languages with privileges",
    "security labels",
    "invalid indexes",
};

/// What a partition that is there gets when its table does. Of triggers and foreign keys the catalogs tell
/// which ones it got.
const KindSet reaching_partitions =
    set_of({ObjectKind::index, ObjectKind::primary_key, ObjectKind::unique_constraint,
            ObjectKind::exclusion_constraint, ObjectKind::check_constraint});
/// What a partition that joins gets, or brings along to become its table's.
const KindSet joining_partitions =
    set_of({ObjectKind::index, ObjectKind::primary_key, ObjectKind::unique_constraint,
            ObjectKind::exclusion_constraint, ObjectKind::foreign_key});

/// What default privileges hold for.
const KindSet given_privileges =
    set_of({ObjectKind::schema, ObjectKind::table, ObjectKind::foreign_table, ObjectKind::view,
            ObjectKind::materialized_view, ObjectKind::sequence, ObjectKind::function, ObjectKind::aggregate,
            ObjectKind::type, ObjectKind::domain, ObjectKind::large_object});

std::size_t hash_of(ObjectKind kind, const std::string& name) {
  return std::hash<std::string>{}(name + "\n" + std::to_string(static_cast<int>(kind)));
}

/// Of something that was made, whatever it is.
std::size_t hash_of(const std::string& name) {
  return std::hash<std::string>{}(name + "\n");
}

}  // namespace

std::string object_kind_name(ObjectKind kind) {
  return names.at(static_cast<std::size_t>(kind));
}

void ObjectCount::doubt(const KindSet& kinds, std::string_view reason, std::uint64_t line) {
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    if (kinds.test(kind) && unclear_.at(kind).empty())
      unclear_.at(kind) = fmt::format("{} (line {})", reason, line);
  }
}

/// What the text alone does not tell and what was made before does.
void ObjectCount::judge(const dump::Objects& objects, std::uint64_t line) {
  const KindSet all = KindSet().set();
  KindSet made;
  for (const ObjectKind kind : objects.made) made.set(static_cast<std::size_t>(kind));
  if (objects.unclear.any()) doubt(objects.unclear, objects.reason, line);
  if (objects.removes && has_objects_) doubt(all, "it drops something after it has made something", line);
  if (objects.fills && count(ObjectKind::trigger) + count(ObjectKind::event_trigger) != 0)
    doubt(all, "its rows come behind triggers, which may make anything", line);
  const bool is_watched = count(ObjectKind::event_trigger) != 0 && made.any() &&
                          (made & set_of({ObjectKind::event_trigger, ObjectKind::comment})).none();
  if (is_watched) doubt(all, "its event triggers may make anything", line);
  const bool reaches_partitions =
      !objects.reaches.empty() && partitioned_.count(hash_of(ObjectKind::table, objects.reaches)) != 0;
  if (reaches_partitions) doubt(made & reaching_partitions, "partitions get theirs from their table", line);
  const bool gives_privileges =
      count(ObjectKind::default_privileges) != 0 || is_unclear(ObjectKind::default_privileges);
  if (gives_privileges && (made & given_privileges).any())
    doubt(dump::granted_kinds(), "default privileges give some to what is made later", line);
  if (!objects.joins_partition) return;
  for (std::size_t kind = 0; kind < all.size(); ++kind) {
    if (joining_partitions.test(kind) && counts_.at(kind) != 0)
      doubt(joining_partitions, "a partition joins a table that may have them already", line);
  }
}

/// Remembers the name, and says whether it was unknown.
bool ObjectCount::is_new(const dump::Objects& objects, std::uint64_t line) {
  if (objects.made.empty() || objects.name.empty()) return true;
  const ObjectKind kind = objects.made.front();
  const bool is_known = !names_.insert(hash_of(kind, objects.name)).second;
  names_.insert(hash_of(objects.shared_name.empty() ? objects.name : objects.shared_name));
  const bool shares_name =
      !objects.shared_name.empty() && !names_.insert(hash_of(kind, objects.shared_name + " ...")).second;
  if (objects.only_if_new && !is_known && shares_name)
    doubt(set_of({kind}), "one name is made again with other arguments", line);
  if (!objects.only_if_new && is_known)
    doubt(set_of({kind, ObjectKind::not_null_constraint}), "one name is made twice", line);
  return !is_known;
}

void ObjectCount::add_lasting(const dump::Objects& objects, std::uint64_t line) {
  for (const dump::Lasting& one : objects.undone) {
    if (names_.count(hash_of(one.kind, one.name)) != 0)
      doubt(set_of({one.kind}), "it may take back what was there", line);
  }
  for (const dump::Lasting& one : objects.lasting) {
    if (!one.needs.empty() && names_.count(hash_of(one.needs)) == 0)
      doubt(set_of({one.kind}), "it is about something that the dump does not make", line);
    if (names_.insert(hash_of(one.kind, one.name)).second) ++counts_.at(static_cast<std::size_t>(one.kind));
  }
}

void ObjectCount::add(const dump::Objects& objects, std::uint64_t line) {
  judge(objects, line);
  if (!is_new(objects, line) && objects.only_if_new) return;
  for (const ObjectKind kind : objects.made) ++counts_.at(static_cast<std::size_t>(kind));
  add_lasting(objects, line);
  has_objects_ = has_objects_ || !objects.made.empty() || !objects.lasting.empty();
  if (objects.is_partitioned) partitioned_.insert(hash_of(ObjectKind::table, objects.name));
}

std::vector<LoadedObjects> ObjectCount::kinds(const std::string& database) const {
  std::vector<LoadedObjects> kinds;
  for (std::size_t kind = 0; kind < counts_.size(); ++kind) {
    if (counts_.at(kind) != 0 || !unclear_.at(kind).empty())
      kinds.push_back({database, names.at(kind), counts_.at(kind), unclear_.at(kind)});
  }
  return kinds;
}

void ObjectTally::add(const std::string& database, const dump::Objects& objects, std::uint64_t line) {
  const std::scoped_lock lock(mutex_);
  databases_[database].add(objects, line);
  for (const dump::Outside& one : objects.outside) {
    const LoadedOutside loaded{std::string(one.what), one.name};
    if (one.is_taken_back)
      outside_.erase(loaded);
    else
      outside_.insert(loaded);
  }
}

std::vector<LoadedOutside> ObjectTally::outside() {
  const std::scoped_lock lock(mutex_);
  return {outside_.begin(), outside_.end()};
}

std::vector<LoadedObjects> ObjectTally::kinds() {
  const std::scoped_lock lock(mutex_);
  std::vector<LoadedObjects> all;
  for (const auto& [database, count] : databases_) {
    for (LoadedObjects& one : count.kinds(database)) all.push_back(std::move(one));
  }
  return all;
}

void note_objects(const Task& task, const LoadOptions& options) {
  if (options.objects != nullptr && !task.belongs_to.empty())
    options.objects->add(task.belongs_to, task.objects, task.line);
}

}  // namespace recover::postgresql::load
