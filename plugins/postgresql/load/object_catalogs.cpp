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

constexpr std::array<Catalog, 39> catalogs = {{
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
    {ObjectKind::operator_family, "pg_opfamily"},
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

/// What has a list of privileges.
struct Granted {
  ObjectKind kind;
  const char* name;  ///< of the catalog
  const char* privileges;
  const char* key = "oid";  ///< what is counted once
  const char* condition = "true";
  const char* of = "oid";  ///< by which it belongs to an extension
};

constexpr std::array<Granted, 7> granted = {{
    {ObjectKind::granted_relation, "pg_class", "relacl", "oid", "relpersistence <> 't'"},
    {ObjectKind::granted_columns, "pg_attribute", "attacl", "attrelid", "NOT attisdropped", "attrelid"},
    {ObjectKind::granted_schema, "pg_namespace", "nspacl", "oid",
     "nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'"},
    {ObjectKind::granted_function, "pg_proc", "proacl", "pronamespace || '.' || proname"},
    {ObjectKind::granted_type, "pg_type", "typacl"},
    {ObjectKind::granted_wrapper, "pg_foreign_data_wrapper", "fdwacl"},
    {ObjectKind::granted_server, "pg_foreign_server", "srvacl"},
}};

/// Those that no row above fits: number, query of one row with two columns.
struct OtherCatalog {
  ObjectKind kind;
  const char* counts;
};

constexpr std::array<OtherCatalog, 9> other_catalogs = {{
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
    // Their numbers are chosen by whoever makes them.
    {ObjectKind::large_object, "count(*), 0 FROM pg_largeobject_metadata"},
    {ObjectKind::granted_large_object, "count(*), 0 FROM pg_largeobject_metadata WHERE lomacl IS NOT NULL"},
    {ObjectKind::default_privileges, "count(*), 0 FROM pg_default_acl"},
    // One that initdb made may have been granted, too; nobody has done so before the dump.
    {ObjectKind::granted_language, "count(*), 0 FROM pg_language WHERE lanacl IS NOT NULL"},
    // Whoever provides them may set some of its own, so there may be more.
    {ObjectKind::security_label, "0, count(*) FROM pg_seclabel"},
    // Not pg_constraint, which has them since PostgreSQL 18 only. A dump does not repeat what a table has
    // from another one, and may.
    {ObjectKind::not_null_constraint,
     "count(*) FILTER (WHERE NOT may_lack), count(*) FILTER (WHERE may_lack) FROM (SELECT EXISTS (SELECT "
     "FROM "
     "pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = a.attrelid AND d.deptype = 'e') OR "
     "EXISTS (SELECT FROM pg_inherits i JOIN pg_attribute p ON p.attrelid = i.inhparent WHERE i.inhrelid = "
     "a.attrelid AND p.attname = a.attname AND p.attnotnull) AS may_lack FROM pg_attribute a JOIN pg_class r "
     "ON r.oid = a.attrelid WHERE a.attnotnull AND a.attnum > 0 AND NOT a.attisdropped AND r.relkind IN "
     "('r', "
     "'p', 'f') AND r.relpersistence <> 't' AND r.oid >= 16384 UNION ALL SELECT EXISTS (SELECT FROM "
     "pg_depend "
     "d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e') FROM pg_type t WHERE "
     "t.typtype = 'd' AND t.typnotnull AND t.oid >= 16384) c"},
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

std::string query_of(const Granted& kind) {
  return fmt::format(
      "SELECT {0}, count(DISTINCT key) FILTER (WHERE NOT is_member), count(DISTINCT key) FILTER (WHERE "
      "is_member) FROM (SELECT {1} AS key, EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{2}'::regclass "
      "AND d.objid = o.{3} AND d.deptype = 'e') AS is_member FROM {4} o WHERE {5} IS NOT NULL AND {6} AND "
      "{3} >= 16384) c",
      static_cast<int>(kind.kind), kind.key,
      std::string_view(kind.name) == "pg_attribute" ? "pg_class" : kind.name, kind.of, kind.name,
      kind.privileges, kind.condition);
}

}  // namespace

std::string count_objects_query() {
  std::string sql = "SET search_path = pg_catalog";
  const char* before = "; ";
  for (const Catalog& catalog : catalogs) {
    sql += before + query_of(catalog);
    before = " UNION ALL ";
  }
  for (const Granted& kind : granted) sql += before + query_of(kind);
  for (const OtherCatalog& catalog : other_catalogs)
    sql += fmt::format(" UNION ALL SELECT {}, {}", static_cast<int>(catalog.kind), catalog.counts);
  return sql;
}

}  // namespace recover::postgresql::load
