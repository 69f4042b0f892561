// Names of Debian's packages (and of the project's own repository for Debian, which uses the same scheme),
// taken from apt-cache search postgresql-15-. An extension is there when SHARE/extension/NAME.control is; the
// share directory follows from the programs' own place (src/port/path.c, get_share_path).
#include "postgresql/extension_packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace recover::postgresql {

namespace {

struct PackageOfExtension {
  std::string_view extension;
  std::string_view package;  ///< '#' stands for the major version
};

constexpr PackageOfExtension packages[] = {
    {"postgis", "postgresql-#-postgis-3"},
    {"postgis_raster", "postgresql-#-postgis-3"},
    {"postgis_sfcgal", "postgresql-#-postgis-3"},
    {"postgis_topology", "postgresql-#-postgis-3"},
    {"postgis_tiger_geocoder", "postgresql-#-postgis-3"},
    {"address_standardizer", "postgresql-#-postgis-3"},
    {"address_standardizer_data_us", "postgresql-#-postgis-3"},
    {"pgrouting", "postgresql-#-pgrouting"},
    {"timescaledb", "postgresql-#-timescaledb"},
    {"vector", "postgresql-#-pgvector"},
    {"plpython3u", "postgresql-plpython3-#"},
    {"plperl", "postgresql-plperl-#"},
    {"plperlu", "postgresql-plperl-#"},
    {"bool_plperl", "postgresql-plperl-#"},
    {"hstore_plperl", "postgresql-plperl-#"},
    {"hstore_plpython3u", "postgresql-plpython3-#"},
    {"jsonb_plperl", "postgresql-plperl-#"},
    {"jsonb_plpython3u", "postgresql-plpython3-#"},
    {"ltree_plpython3u", "postgresql-plpython3-#"},
    {"pltcl", "postgresql-pltcl-#"},
    {"pltclu", "postgresql-pltcl-#"},
    {"pljava", "postgresql-#-pljava"},
    {"plr", "postgresql-#-plr"},
    {"plv8", "postgresql-#-plv8"},
    {"plpgsql_check", "postgresql-#-plpgsql-check"},
    {"plproxy", "postgresql-#-plproxy"},
    {"plsh", "postgresql-#-plsh"},
    {"pg_cron", "postgresql-#-cron"},
    {"pg_partman", "postgresql-#-partman"},
    {"pg_repack", "postgresql-#-repack"},
    {"pg_hint_plan", "postgresql-#-pg-hint-plan"},
    {"pgaudit", "postgresql-#-pgaudit"},
    {"pglogical", "postgresql-#-pglogical"},
    {"pgtap", "postgresql-#-pgtap"},
    {"pgq", "postgresql-#-pgq3"},
    {"pgmemcache", "postgresql-#-pgmemcache"},
    {"pgpcre", "postgresql-#-pgpcre"},
    {"pgsphere", "postgresql-#-pgsphere"},
    {"pg_similarity", "postgresql-#-similarity"},
    {"pg_qualstats", "postgresql-#-pg-qualstats"},
    {"pg_stat_kcache", "postgresql-#-pg-stat-kcache"},
    {"pg_track_settings", "postgresql-#-pg-track-settings"},
    {"pg_wait_sampling", "postgresql-#-pg-wait-sampling"},
    {"powa", "postgresql-#-powa"},
    {"hypopg", "postgresql-#-hypopg"},
    {"hll", "postgresql-#-hll"},
    {"http", "postgresql-#-http"},
    {"ip4r", "postgresql-#-ip4r"},
    {"jsquery", "postgresql-#-jsquery"},
    {"mysql_fdw", "postgresql-#-mysql-fdw"},
    {"numeral", "postgresql-#-numeral"},
    {"ogr_fdw", "postgresql-#-ogr-fdw"},
    {"oracle_fdw", "postgresql-#-oracle-fdw"},
    {"orafce", "postgresql-#-orafce"},
    {"periods", "postgresql-#-periods"},
    {"pointcloud", "postgresql-#-pointcloud"},
    {"prefix", "postgresql-#-prefix"},
    {"q3c", "postgresql-#-q3c"},
    {"rational", "postgresql-#-rational"},
    {"rdkit", "postgresql-#-rdkit"},
    {"rum", "postgresql-#-rum"},
    {"semver", "postgresql-#-semver"},
    {"tablelog", "postgresql-#-tablelog"},
    {"tdigest", "postgresql-#-tdigest"},
    {"tds_fdw", "postgresql-#-tds-fdw"},
    {"toastinfo", "postgresql-#-toastinfo"},
    {"unit", "postgresql-#-unit"},
    {"wal2json", "postgresql-#-wal2json"},
    {"age", "postgresql-#-age"},
    {"citus", "postgresql-#-citus"},
    {"debversion", "postgresql-#-debversion"},
    {"asn1oid", "postgresql-#-asn1oid"},
};

/// Those of the server's own source (contrib), which Debian ships with the server.
constexpr std::array<std::string_view, 41> contrib{"adminpack",
                                                   "amcheck",
                                                   "autoinc",
                                                   "bloom",
                                                   "btree_gin",
                                                   "btree_gist",
                                                   "citext",
                                                   "cube",
                                                   "dblink",
                                                   "dict_int",
                                                   "dict_xsyn",
                                                   "earthdistance",
                                                   "file_fdw",
                                                   "fuzzystrmatch",
                                                   "hstore",
                                                   "insert_username",
                                                   "intagg",
                                                   "intarray",
                                                   "isn",
                                                   "lo",
                                                   "ltree",
                                                   "moddatetime",
                                                   "old_snapshot",
                                                   "pageinspect",
                                                   "pg_buffercache",
                                                   "pg_freespacemap",
                                                   "pg_prewarm",
                                                   "pg_stat_statements",
                                                   "pg_surgery",
                                                   "pg_trgm",
                                                   "pg_visibility",
                                                   "pg_walinspect",
                                                   "pgcrypto",
                                                   "pgrowlocks",
                                                   "pgstattuple",
                                                   "postgres_fdw",
                                                   "refint",
                                                   "seg",
                                                   "sslinfo",
                                                   "tablefunc",
                                                   "uuid-ossp"};

/// Where the extensions of the server in `bindir` are described; empty when that cannot be told.
std::string extension_directory(const std::string& bindir, Host& host) {
  std::vector<std::string> places{bindir + "/../share/postgresql/extension", bindir + "/../share/extension"};
  // Debian: /usr/lib/postgresql/15/bin and /usr/share/postgresql/15
  const std::string_view mark = "/lib/postgresql/";
  if (const std::size_t at = bindir.rfind(mark); at != std::string::npos) {
    const std::string major =
        bindir.substr(at + mark.size(), bindir.find('/', at + mark.size()) - at - mark.size());
    places.insert(places.begin(), bindir.substr(0, at) + "/share/postgresql/" + major + "/extension");
  }
  for (const std::string& place : places) {
    if (host.files().exists(place + "/plpgsql.control")) return place;
  }
  return {};
}

}  // namespace

std::string package_of_extension(const std::string& extension, int major) {
  if (std::find(contrib.begin(), contrib.end(), extension) != contrib.end())
    return fmt::format("postgresql-{}", major);
  const auto* row = std::find_if(std::begin(packages), std::end(packages),
                                 [&](const PackageOfExtension& one) { return one.extension == extension; });
  if (row == std::end(packages)) return {};
  std::string package(row->package);
  package.replace(package.find('#'), 1, std::to_string(major));
  return package;
}

std::vector<std::string> missing_extensions(const std::vector<std::string>& extensions,
                                            const std::string& bindir, Host& host) {
  const std::string directory = extension_directory(bindir, host);
  std::vector<std::string> missing;
  if (directory.empty()) return missing;
  for (const std::string& extension : extensions) {
    if (!host.files().exists(directory + "/" + extension + ".control")) missing.push_back(extension);
  }
  return missing;
}

std::string advice_for_extensions(const std::vector<std::string>& missing, int major) {
  std::set<std::string> to_install;
  std::vector<std::string> unknown;
  for (const std::string& extension : missing) {
    const std::string package = package_of_extension(extension, major);
    if (package.empty()) {
      unknown.push_back(extension);
    } else {
      to_install.insert(package);
    }
  }
  std::string advice;
  if (!to_install.empty()) advice = fmt::format("Install {}", fmt::join(to_install, ", "));
  if (!unknown.empty()) {
    advice += fmt::format("{} whatever brings {} for PostgreSQL {}", advice.empty() ? "Install" : ", and",
                          fmt::join(unknown, ", "), major);
  }
  return advice + ", and run it again.";
}

}  // namespace recover::postgresql
