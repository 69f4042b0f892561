// Names inside a data directory. Sources: common/relpath.h and pg_checksums.c for relation files,
// bin/initdb/initdb.c (subdirs[]) for the skeleton, each directory tried by taking it away.
#include "postgresql/layout.hpp"

#include "recover/recogniser.hpp"

#include <algorithm>
#include <charconv>

namespace recover::postgresql {

namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!is_number(text) || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Relations lie in global, in base/OID, and in PG_x_y/OID of a tablespace.
bool holds_relations(const std::string& directory) {
  const std::string name = last_component(directory);
  if (name == "global") return true;
  const std::string above = last_component(parent_path(directory));
  return is_oid(name) && (above == "base" || parse_tablespace_name(above).has_value());
}

}  // namespace

bool is_oid(std::string_view name) {
  return name.size() <= 10 && is_number(name) && name.front() != '0';
}

std::optional<RelationFile> parse_relation_file(std::string_view path) {
  const std::string whole(path);
  if (!holds_relations(parent_path(whole))) return std::nullopt;
  const std::string name = last_component(whole);
  RelationFile file;
  std::string_view rest = name;
  if (const std::size_t dot = rest.find('.'); dot != std::string_view::npos) {
    const auto segment = number_of<std::uint32_t>(rest.substr(dot + 1));
    if (!segment) return std::nullopt;
    file.segment = *segment;
    rest = rest.substr(0, dot);
  }
  if (const std::size_t underscore = rest.find('_'); underscore != std::string_view::npos) {
    file.fork = rest.substr(underscore + 1);
    if (file.fork != "fsm" && file.fork != "vm" && file.fork != "init") return std::nullopt;
    rest = rest.substr(0, underscore);
  }
  if (!is_oid(rest)) return std::nullopt;
  file.relation = rest;
  return file;
}

std::string wal_directory(const MajorVersion& version) {
  return version.xlog_names ? "pg_xlog" : "pg_wal";
}

std::vector<std::string> required_directories(const MajorVersion& version) {
  std::vector<std::string> names{"base",
                                 "global",
                                 "pg_dynshmem",
                                 "pg_logical",
                                 "pg_logical/mappings",
                                 "pg_logical/snapshots",
                                 "pg_multixact",
                                 "pg_multixact/members",
                                 "pg_multixact/offsets",
                                 "pg_notify",
                                 "pg_replslot",
                                 "pg_serial",
                                 "pg_snapshots",
                                 "pg_stat",
                                 "pg_stat_tmp",
                                 "pg_subtrans",
                                 "pg_tblspc",
                                 "pg_twophase"};
  const std::string name = version.name;
  if (name != "9.4") names.emplace_back("pg_commit_ts");
  names.emplace_back(version.xlog_names ? "pg_clog" : "pg_xact");
  names.push_back(wal_directory(version));
  names.push_back(wal_directory(version) + "/archive_status");
  if (version.control_version >= 1700) names.emplace_back("pg_wal/summaries");
  return names;
}

std::optional<TablespaceName> parse_tablespace_name(std::string_view name) {
  if (!name.starts_with("PG_")) return std::nullopt;
  const std::size_t underscore = name.rfind('_');
  if (underscore <= 3 || name.size() - underscore != 10) return std::nullopt;
  const std::string_view major = name.substr(3, underscore - 3);
  const auto catalog = number_of<std::uint32_t>(name.substr(underscore + 1));
  const bool plausible =
      std::all_of(major.begin(), major.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  if (!catalog || !plausible) return std::nullopt;
  return TablespaceName{std::string(major), *catalog};
}

std::string tablespace_directory(const MajorVersion& version) {
  return std::string("PG_") + version.name + "_" + std::to_string(version.catalog_version);
}

}  // namespace recover::postgresql
