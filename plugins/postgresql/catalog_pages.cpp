// A reader of heap pages, just enough for the names in pg_database, pg_authid and pg_extension.
//
// Every length and offset comes from a possibly damaged file: nothing is followed outside its page, and
// a row that does not make sense is left out. Formats: storage/bufpage.h, access/htup_details.h,
// utils/cache/relmapper.c, catalog/pg_database.h of each version.
#include "postgresql/catalog_pages.hpp"

#include "postgresql/heap_tuple.hpp"
#include "recover/crc32c.hpp"
#include "recover/decoder.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace recover::postgresql {

namespace {

constexpr std::uint32_t database_catalog = 1262;
constexpr std::uint32_t role_catalog = 1260;
constexpr std::uint32_t extension_catalog = 3079;
constexpr std::uint32_t bootstrap_role = 10;
constexpr std::size_t largest_catalog_read = std::size_t{1} << 20;

constexpr std::uint32_t map_magic = 0x592717;
constexpr std::size_t largest_map = 524;  // 512 up to 15

using RelationMap = std::map<std::uint32_t, std::uint32_t>;

std::string_view encoding_name(std::int32_t number) {
  static constexpr std::array<std::string_view, 35> names{
      "SQL_ASCII",     "EUC_JP",  "EUC_CN",  "EUC_KR",  "EUC_TW",     "EUC_JIS_2004", "UTF8",
      "MULE_INTERNAL", "LATIN1",  "LATIN2",  "LATIN3",  "LATIN4",     "LATIN5",       "LATIN6",
      "LATIN7",        "LATIN8",  "LATIN9",  "LATIN10", "WIN1256",    "WIN1258",      "WIN866",
      "WIN874",        "KOI8R",   "WIN1251", "WIN1252", "ISO_8859_5", "ISO_8859_6",   "ISO_8859_7",
      "ISO_8859_8",    "WIN1250", "WIN1253", "WIN1254", "WIN1255",    "WIN1257",      "KOI8U"};
  return number >= 0 && number < static_cast<std::int32_t>(names.size())
             ? names[static_cast<std::size_t>(number)]
             : std::string_view("unknown");
}

std::string provider_name(std::uint8_t code) {
  switch (code) {
    case 'c': return "libc";
    case 'i': return "icu";
    case 'b': return "builtin";
    default: return {};
  }
}

/// The map of a directory, or nothing when it is missing or its checksum is wrong.
std::optional<RelationMap> read_map(Tree& tree, const std::string& directory, MapState& state) {
  const auto bytes = tree.read(join_path(directory, "pg_filenode.map"), 0, largest_map);
  state = bytes ? MapState::damaged : MapState::missing;
  if (!bytes || bytes->size() < 512) return std::nullopt;
  const std::size_t crc_at = bytes->size() == 512 ? 504 : 520;
  const std::string_view all = *bytes;
  Decoder decoder(all);
  const std::uint32_t magic = decoder.little32();
  const std::uint32_t count = decoder.little32();
  if (magic != map_magic || count > 64 || Decoder(all, crc_at).little32() != crc32c(all.substr(0, crc_at))) {
    return std::nullopt;
  }
  RelationMap map;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t oid = decoder.little32();
    map[oid] = decoder.little32();
  }
  state = MapState::good;
  return map;
}

Result<std::string> read_shared_catalog(const CatalogPlace& place, std::uint32_t catalog) {
  const std::string global = join_path(place.data_path, "global");
  MapState state = MapState::missing;
  const auto map = read_map(place.tree, global, state);
  std::uint32_t file = catalog;  // the file has the catalog's own number until it is rewritten
  if (map && map->count(catalog) != 0) file = map->at(catalog);
  return place.tree.read(join_path(global, std::to_string(file)), 0, largest_catalog_read);
}

/// datcollate and datctype became text with 15, and the provider came before them.
void read_locale_before_15(TupleReader& reader, DatabaseRow& row) {
  row.provider = "libc";
  row.collate = reader.name();
  row.ctype = reader.name();
}

void read_locale_since_15(TupleReader& reader, const MajorVersion& version, DatabaseRow& row) {
  const bool has_login_event = version.control_version >= 1700;
  const bool has_rules = version.catalog_version >= version_named("16")->catalog_version;
  row.provider = provider_name(reader.byte());
  reader.byte();  // datistemplate
  reader.byte();  // datallowconn
  if (has_login_event) reader.byte();
  row.is_invalid = static_cast<std::int32_t>(reader.number()) == -2;
  reader.number();  // datfrozenxid
  reader.number();  // datminmxid
  row.tablespace = reader.number();
  row.collate = reader.text();
  row.ctype = reader.text();
  row.locale = reader.text();
  if (has_rules) reader.text();
  row.collation_version = reader.text();
}

DatabaseRow database_of(const HeapTuple& tuple, const MajorVersion& version) {
  TupleReader reader(tuple);
  DatabaseRow row;
  row.oid = version.oid_column ? reader.number() : tuple.oid;
  row.name = reader.name();
  reader.number();  // datdba
  row.encoding = encoding_name(static_cast<std::int32_t>(reader.number()));
  if (version.catalog_version >= version_named("15")->catalog_version) {
    read_locale_since_15(reader, version, row);
  } else {
    read_locale_before_15(reader, row);
  }
  if (reader.failed()) row.oid = 0;
  return row;
}

struct NamedRow {
  std::uint32_t oid = 0;
  std::string name;
};

NamedRow named_row(const HeapTuple& tuple, const MajorVersion& version) {
  TupleReader reader(tuple);
  NamedRow row;
  row.oid = version.oid_column ? reader.number() : tuple.oid;
  row.name = reader.name();
  return row;
}

}  // namespace

Result<std::vector<DatabaseRow>> read_databases(const CatalogPlace& place) {
  const std::string bytes = RECOVER_TRY(read_shared_catalog(place, database_catalog));
  std::map<std::uint32_t, DatabaseRow> by_oid;
  std::map<std::uint32_t, bool> is_live;
  for_each_tuple(bytes, place.block_size, [&](const HeapTuple& tuple) {
    DatabaseRow row = database_of(tuple, place.version);
    if (row.oid == 0 || row.name.empty()) return;
    // An updated row can be seen twice; the version nobody has replaced is the better one.
    const bool live = tuple.visibility == Visibility::live;
    if (by_oid.count(row.oid) != 0 && is_live[row.oid] && !live) return;
    is_live[row.oid] = live;
    by_oid[row.oid] = std::move(row);
  });
  std::vector<DatabaseRow> rows;
  for (auto& [oid, row] : by_oid) rows.push_back(std::move(row));
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return rows;
}

Result<std::string> read_superuser(const CatalogPlace& place) {
  const std::string bytes = RECOVER_TRY(read_shared_catalog(place, role_catalog));
  std::string name;
  for_each_tuple(bytes, place.block_size, [&](const HeapTuple& tuple) {
    const NamedRow row = named_row(tuple, place.version);
    if (row.oid == bootstrap_role && (name.empty() || tuple.visibility == Visibility::live)) name = row.name;
  });
  return name;
}

std::optional<std::vector<std::string>> read_extensions(const CatalogPlace& place, std::uint32_t database) {
  const std::string file = join_path(
      place.data_path, "base/" + std::to_string(database) + "/" + std::to_string(extension_catalog));
  const auto bytes = place.tree.read(file, 0, largest_catalog_read);
  if (!bytes) return std::nullopt;
  std::vector<std::string> names;
  for_each_tuple(*bytes, place.block_size, [&](const HeapTuple& tuple) {
    const NamedRow row = named_row(tuple, place.version);
    if (!row.name.empty()) names.push_back(row.name);
  });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

MapState check_relation_map(Tree& tree, const std::string& directory) {
  MapState state = MapState::missing;
  read_map(tree, directory, state);
  return state;
}

}  // namespace recover::postgresql
