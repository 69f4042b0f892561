// Which columns print differently is a question about the types inside their types: elements of arrays (and
// of points, which the catalog describes as arrays of numbers), what a domain is made of, bounds of ranges,
// parts of composites. Numbers are those of pg_type.dat, the same in every version: 700 real, 701 double
// precision, 602 path, 604 polygon, 718 circle, 1184 timestamptz, 1266 timetz. attgenerated is there since
// 12, multiranges since 14.
#include "postgresql/load/column_letters.hpp"

#include "postgresql/connection.hpp"

namespace recover::postgresql::load {

dump::RowForm row_form(const std::string& letters) {
  dump::RowForm form;
  for (std::size_t column = 0; column < letters.size(); ++column) {
    if (letters[column] == 'z') form.timestamps.push_back(column);
    if (letters[column] == 'f') form.doubles.push_back(column);
    if (letters[column] == 'r') form.reals.push_back(column);
    if (letters[column] == 'd') form.with_doubles.push_back(column);
    if (letters[column] == 'e') form.with_reals.push_back(column);
  }
  return form;
}

std::string letters_query(const std::string& table) {
  return "WITH RECURSIVE columns AS (SELECT a.attnum, a.attname, a.atttypid FROM pg_catalog.pg_attribute a "
         "WHERE a.attrelid = " +
         quoted_literal(table) +
         "::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped "
         "AND coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') = ''), "
         "inside (attnum, type) AS (SELECT attnum, atttypid FROM columns UNION "
         "SELECT i.attnum, part.type FROM inside i JOIN pg_catalog.pg_type t ON t.oid = i.type, LATERAL ("
         "SELECT t.typelem UNION ALL SELECT t.typbasetype UNION ALL "
         "SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid "
         "OR pg_catalog.to_jsonb(r) ->> 'rngmultitypid' = t.oid::text UNION ALL "
         "SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 "
         "AND a.attnum > 0 AND NOT a.attisdropped) part (type) WHERE part.type <> 0) "
         "SELECT c.attname, CASE c.atttypid WHEN 700 THEN 'r' WHEN 701 THEN 'f' ELSE "
         "(SELECT CASE WHEN bool_or(type = 700) THEN 'e' WHEN bool_or(type IN (701, 602, 604, 718)) THEN 'd' "
         "WHEN bool_or(type IN (1184, 1266)) THEN 'z' ELSE '' END FROM inside i WHERE i.attnum = c.attnum) "
         "END "
         "FROM columns c ORDER BY c.attnum";
}

}  // namespace recover::postgresql::load
