// One row for each kind of object, asked in servers 10 and newer as a role without special rights. What the
// server made by itself is known by its dependencies (the manual, catalog pg_depend): 'i' ties a part to its
// whole, 'e' a member to its extension, 'P', 'S' and (in 11) 'I' what a partition got from its table. initdb
// numbers its own objects below 16384 (FirstNormalObjectId, src/include/access/transam.h).
#include "postgresql/load/object_catalogs.hpp"

#include <fmt/format.h>

#include <array>

namespace recover::postgresql::load {

namespace {

using dump::ObjectKind;

struct Catalog {
  ObjectKind kind;
  const char* name;
  const char* condition = "true";
  const char* on = "";                ///< the relations and types it is a part of, where it is one
  const char* implicit = "'i', 'e'";  ///< kinds of dependency of those that no dump makes
};

constexpr const char* of_partitions = "'i', 'e', 'P', 'S', 'I'";
constexpr const char* lasting = "relpersistence <> 't' AND relnamespace <> 'pg_toast'::regnamespace AND ";
constexpr const char* indexed = "(SELECT indrelid FROM pg_index WHERE indexrelid = o.oid)";
constexpr const char* constrained = "o.conrelid, o.contypid";

constexpr std::array<Catalog, 38> catalogs = {{
    {ObjectKind::schema, "pg_namespace", "nspname <> 'public' AND nspname !~ '^pg_'"},
    {ObjectKind::table, "pg_class", "relkind IN ('r', 'p')"},
    {ObjectKind::foreign_table, "pg_class", "relkind = 'f'"},
    {ObjectKind::view, "pg_class", "relkind = 'v'"},
    {ObjectKind::materialized_view, "pg_class", "relkind = 'm'"},
    {ObjectKind::index, "pg_class", "relkind IN ('i', 'I')", indexed},
    {ObjectKind::sequence, "pg_class", "relkind = 'S'"},
    {ObjectKind::function, "pg_proc", "NOT EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = o.oid)"},
    {ObjectKind::aggregate, "pg_proc", "EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = o.oid)"},
    {ObjectKind::type, "pg_type", "typtype <> 'd' AND typisdefined"},
    {ObjectKind::domain, "pg_type", "typtype = 'd'"},
    {ObjectKind::trigger, "pg_trigger", "NOT tgisinternal", "o.tgrelid", of_partitions},
    {ObjectKind::policy, "pg_policy", "true", "o.polrelid"},
    {ObjectKind::rule, "pg_rewrite", "rulename <> '_RETURN'", "o.ev_class"},
    {ObjectKind::primary_key, "pg_constraint", "contype = 'p'", constrained},
    {ObjectKind::unique_constraint, "pg_constraint", "contype = 'u'", constrained},
    {ObjectKind::exclusion_constraint, "pg_constraint", "contype = 'x'", constrained},
    {ObjectKind::foreign_key, "pg_constraint", "contype = 'f'", constrained, of_partitions},
    // A dump repeats those that a partition has from its table, and they count as the table's from then on.
    {ObjectKind::check_constraint, "pg_constraint",
     "contype = 'c' AND (conislocal OR (SELECT relispartition FROM pg_class c WHERE c.oid = conrelid))",
     constrained},
    {ObjectKind::unvalidated_constraint, "pg_constraint",
     "contype IN ('c', 'f') AND conislocal AND NOT convalidated", constrained, of_partitions},
    {ObjectKind::extension, "pg_extension", "extname <> 'plpgsql'"},
    {ObjectKind::operator_symbol, "pg_operator", "oprcode <> 0"},
    {ObjectKind::operator_class, "pg_opclass"},
    {ObjectKind::cast, "pg_cast"},
    {ObjectKind::collation, "pg_collation", "collnamespace <> 'pg_catalog'::regnamespace"},
    {ObjectKind::conversion, "pg_conversion"},
    {ObjectKind::search_configuration, "pg_ts_config"},
    {ObjectKind::search_dictionary, "pg_ts_dict"},
    {ObjectKind::search_parser, "pg_ts_parser"},
    {ObjectKind::search_template, "pg_ts_template"},
    {ObjectKind::event_trigger, "pg_event_trigger"},
    {ObjectKind::publication, "pg_publication"},
    {ObjectKind::foreign_data_wrapper, "pg_foreign_data_wrapper"},
    {ObjectKind::foreign_server, "pg_foreign_server"},
    {ObjectKind::statistics, "pg_statistic_ext", "true", "o.stxrelid"},
    {ObjectKind::access_method, "pg_am"},
    {ObjectKind::transform, "pg_transform"},
    // One of a partitioned table may lack partitions in the original, too.
    {ObjectKind::invalid_index, "pg_class",
     "relkind = 'i' AND EXISTS (SELECT FROM pg_index WHERE indexrelid = o.oid AND NOT indisvalid)", "",
     "'e'"},
}};

/// Those that no row above fits: number, query of one row with two columns.
struct OtherCatalog {
  ObjectKind kind;
  const char* counts;
};

constexpr std::array<OtherCatalog, 4> other_catalogs = {{
    {ObjectKind::comment,
     "count(*) FILTER (WHERE NOT is_member), count(*) FILTER (WHERE is_member) FROM (SELECT EXISTS (SELECT "
     "FROM pg_depend d WHERE d.classid = o.classoid AND d.objid = o.objoid AND d.deptype = 'e') AS is_member "
     "FROM pg_description o WHERE (o.objoid >= 16384 OR o.classoid = 'pg_largeobject'::regclass) AND "
     "o.classoid NOT IN ('pg_extension'::regclass, 'pg_language'::regclass) AND NOT (o.classoid = "
     "'pg_namespace'::regclass AND o.objoid IN (SELECT oid FROM pg_namespace WHERE nspname = 'public'))) c"},
    {ObjectKind::user_mapping, "count(*), 0 FROM pg_user_mappings"},
    {ObjectKind::subscription,
     "count(*), 0 FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = "
     "current_database())"},
    {ObjectKind::large_object, "count(*), 0 FROM pg_largeobject_metadata"},
}};

std::string query_of(const Catalog& catalog) {
  const bool is_part = *catalog.on != '\0';
  const std::string of_extension =
      is_part ? fmt::format(
                    "EXISTS (SELECT FROM pg_depend d WHERE d.classid IN ('pg_class'::regclass, "
                    "'pg_type'::regclass) AND d.objid IN ({}) AND d.deptype = 'e')",
                    catalog.on)
              : "false";
  const bool is_relation = std::string_view(catalog.name) == "pg_class";
  return fmt::format(
      "SELECT {0}, count(*) FILTER (WHERE NOT is_member), count(*) FILTER (WHERE is_member) FROM (SELECT {1} "
      "AS is_member FROM {2} o WHERE {3}{4} AND o.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE "
      "d.classid = '{2}'::regclass AND d.objid = o.oid AND d.objsubid = 0 AND d.deptype IN ({5}))) c",
      static_cast<int>(catalog.kind), of_extension, catalog.name, is_relation ? lasting : "",
      catalog.condition, catalog.implicit);
}

}  // namespace

std::string count_objects_query() {
  std::string sql = "SET search_path = pg_catalog";
  const char* before = "; ";
  for (const Catalog& catalog : catalogs) {
    sql += before + query_of(catalog);
    before = " UNION ALL ";
  }
  for (const OtherCatalog& catalog : other_catalogs)
    sql += fmt::format(" UNION ALL SELECT {}, {}", static_cast<int>(catalog.kind), catalog.counts);
  return sql;
}

}  // namespace recover::postgresql::load
