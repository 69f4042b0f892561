// Dumps. A dump says in its head which server and which pg_dump made it; whether it is whole is judged by
// its end where that costs a few reads, and else stated as not checked: a scan does not decompress
// gigabytes. Formats: reference of pg_dump, pg_backup_archiver.c.
#include "postgresql/dump_probe.hpp"

#include "postgresql/archive_toc.hpp"
#include "postgresql/archive_watch.hpp"
#include "postgresql/dump_date.hpp"
#include "postgresql/dump_end.hpp"
#include "postgresql/dump_needs.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/section_probe.hpp"
#include "recover/recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace recover::postgresql {

namespace {

constexpr std::size_t head_size = std::size_t{256} << 10;
constexpr std::size_t toc_size = std::size_t{4} << 20;
constexpr std::uint64_t walk_budget = std::uint64_t{16} << 20;

constexpr const char* database_marker = "PostgreSQL database dump complete";
constexpr const char* cluster_marker = "PostgreSQL database cluster dump complete";

Finding dump_of(const Candidate& candidate, std::string kind, Tree& tree) {
  Finding finding = finding_of(candidate);
  finding.product = "PostgreSQL";
  finding.kind = std::move(kind);
  finding.confidence = Confidence::certain;
  if (const auto info = tree.info(candidate.path)) finding.content_time = info->modified;
  return finding;
}

/// The decoded beginning of a file. The index of an archive may hold less than is asked for.
Result<std::string> read_head(Tree& tree, const std::string& path, std::size_t length) {
  constexpr std::size_t always_kept = 65536;
  auto head = tree.read_decoded_head(path, length);
  if (!head && !tree.is_directory_tree()) return tree.read_decoded_head(path, always_kept);
  return head;
}

/// The rest of the line that begins with `prefix`; empty when there is none.
std::string line_after(const std::string& text, const std::string& prefix) {
  std::size_t at = text.find("\n" + prefix);
  if (at == std::string::npos) return {};
  at += 1 + prefix.size();
  std::size_t end = text.find('\n', at);
  if (end != std::string::npos && end > at && text[end - 1] == '\r') --end;
  return text.substr(at, end == std::string::npos ? end : end - at);
}

/// "17.11" of "17.11 (Debian 17.11-0+deb13u1)".
std::string number_part(const std::string& version) {
  return version.substr(0, version.find(' '));
}

void set_versions(Finding& finding, const std::string& server, const std::string& dump,
                  const std::string& read_from) {
  finding.version = {number_part(server), read_from};
  if (!server.empty()) set_fact(finding.facts, fact::server_version, server);
  if (!dump.empty()) set_fact(finding.facts, fact::dump_version, dump);
  if (finding.version.major() > 0)
    set_fact(finding.facts, fact::major, std::to_string(finding.version.major()));
}

/// "shop" of "shop.dump", "shop.sql.gz"; empty for files that are no dumps by name.
std::string database_of_file(std::string name) {
  static constexpr const char* compressors[] = {".gz", ".zst", ".lz4", ".xz", ".bz2"};
  static constexpr const char* suffixes[] = {".dump", ".sql", ".backup", ".pgdump"};
  for (const char* suffix : compressors) {
    if (name.ends_with(suffix)) name.resize(name.size() - std::string_view(suffix).size());
  }
  for (const char* suffix : suffixes) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - std::string_view(suffix).size());
  }
  return {};
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// "dumps/shop.sql" of "backup/dumps/shop.sql" below "backup".
std::string relative_to(const std::string& path, const std::string& directory) {
  return directory.empty() ? path : path.substr(directory.size() + 1);
}

/// One file or directory that is loaded as it is.
void set_part(Finding& finding, const char* form, const std::string& database) {
  set_fact(finding.facts, fact::dump_parts, std::vector<std::string>{fmt::format("{}||{}", form, database)});
}

/// Dumps of one directory that hold the same databases are copies of each other, last night's and older
/// ones. Nothing in a dump tells its cluster, so dumps in different places are never taken for copies.
void set_identity(Finding& finding, const std::string& path) {
  const std::string directory = path.substr(0, path.size() - last_part(path).size());
  std::string names = without_time(database_of_file(last_part(path)));
  for (const std::string& database : finding.databases) names += "," + database;
  finding.identity = "dumps in " + directory + " of " + names;
}

void set_end(Finding& finding, DumpEnd end, const std::string& how) {
  set_fact(finding.facts, fact::dump_complete, to_text(end));
  switch (end) {
    case DumpEnd::complete: finding.health = {HealthState::ok, "complete", {}}; break;
    case DumpEnd::truncated:
      finding.health = {HealthState::incomplete, "cut off", {"The dump ends too early: " + how + "."}};
      break;
    case DumpEnd::not_checked: finding.health = {HealthState::unknown, "completeness not checked", {}}; break;
  }
}

/// Are these all bytes of the dump? An archive's index keeps only the beginning of a member.
bool is_whole_in(const std::string& head, const Tree& tree) {
  return tree.is_directory_tree() && head.size() < head_size;
}

/// The end of a plain dump: its tail, or all of it when it is small enough to be decoded.
DumpEnd plain_end(const Candidate& candidate, Tree& tree, const std::string& head,
                  const std::string& marker) {
  if (head.size() < head_size && head.find(marker) != std::string::npos) return DumpEnd::complete;
  if (!tree.is_directory_tree()) return DumpEnd::not_checked;  // an archive's index keeps only the beginning
  if (head.size() < head_size) return DumpEnd::truncated;
  if (!candidate.encoding.empty()) return DumpEnd::not_checked;
  const auto info = tree.info(candidate.path);
  return info ? check_plain_end(tree, candidate.path, info->size.count, marker) : DumpEnd::not_checked;
}

/// Can it be looked at anywhere? Else it is decoded while it is read.
bool is_seekable(const Candidate& candidate, const Tree& tree) {
  return candidate.encoding.empty() && tree.is_directory_tree();
}

/// Of a stream nobody knows the length, and it can be read once.
bool is_stream(const Candidate& candidate, Tree& tree) {
  const auto info = tree.info(candidate.path);
  return !tree.is_directory_tree() && info && info->size.count == 0;
}

/// The end of an archive that must be decoded: known when all of it is in the head of `length` bytes.
DumpEnd end_within(const std::string& head, std::size_t length, const Candidate& candidate, Tree& tree) {
  const auto info = tree.info(candidate.path);
  const bool is_whole_member = candidate.encoding.empty() && info && info->size.count == head.size();
  const bool is_whole = tree.is_directory_tree() ? head.size() < length : is_whole_member;
  if (!is_whole) return DumpEnd::not_checked;
  ArchiveWatch watch;
  watch.take(head);
  return watch.end();
}

/// Database names of all \connect lines: a bare word or dbname='...' in double quotes.
std::vector<std::string> connected_databases(const std::string& text) {
  static const std::string connect = "\n\\connect ";
  std::set<std::string> names;
  for (std::size_t at = text.find(connect); at != std::string::npos; at = text.find(connect, at + 1)) {
    const std::size_t from = at + connect.size();
    std::string line = text.substr(from, text.find_first_of("\r\n", from) - from);
    if (const std::size_t quoted = line.find("dbname='"); quoted != std::string::npos) {
      line = line.substr(quoted + 8, line.rfind('\'') - quoted - 8);
      for (std::size_t escape = line.find('\\'); escape != std::string::npos;
           escape = line.find('\\', escape + 1)) {
        line.erase(escape, 1);
      }
    } else if (line.size() >= 2 && line.front() == '"') {
      line = line.substr(1, line.size() - 2);
    }
    if (line != "template0" && line != "template1") names.insert(line);
  }
  return {names.begin(), names.end()};
}

void describe_archive(const ArchiveToc& toc, const std::string& read_from, Finding& finding) {
  set_versions(finding, toc.server_version, toc.dump_version, read_from);
  finding.content_time = toc.created;
  set_fact(finding.facts, fact::dated_by, read_from);
  if (!toc.database.empty()) finding.databases = {toc.database};
  set_needs(finding.facts, needs_of_archive(toc));
  set_fact(finding.facts, fact::archive_version, toc.format_version);
  finding.evidence.push_back(fmt::format("archive version {}, {} entries, compression {}", toc.format_version,
                                         toc.entry_count, toc.compression));
}

}  // namespace

Result<Finding> probe_plain_dump(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(read_head(tree, candidate.path, head_size));
  if (head.find("-- PostgreSQL database dump") == std::string::npos)
    return not_recognised(candidate, "no dump header");
  Finding finding = dump_of(candidate, "pg_dump plain", tree);
  set_versions(finding, line_after(head, "-- Dumped from database version "),
               line_after(head, "-- Dumped by pg_dump version "), "header");
  finding.databases = connected_databases(head);
  set_needs(finding.facts, needs_of_script(head, is_whole_in(head, tree)));
  set_begin(finding, head);
  set_part(finding, "sql", database_of_file(last_part(candidate.path)));
  set_identity(finding, candidate.path);
  set_end(finding, plain_end(candidate, tree, head, database_marker),
          "the line \"dump complete\" is missing");
  finding.evidence.emplace_back("header of pg_dump");
  RECOVER_TRY(join_sections(candidate, tree, finding));
  return finding;
}

Result<Finding> probe_cluster_dump(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(read_head(tree, candidate.path, head_size));
  if (head.find("PostgreSQL database cluster dump") == std::string::npos) {
    return not_recognised(candidate, "the head has no line \"PostgreSQL database cluster dump\"");
  }
  Finding finding = dump_of(candidate, "pg_dumpall", tree);
  set_versions(finding, line_after(head, "-- Dumped from database version "),
               line_after(head, "-- Dumped by pg_dump version "), "header of its first database");
  finding.databases = connected_databases(head);
  set_needs(finding.facts, needs_of_script(head, is_whole_in(head, tree)));
  set_begin(finding, head);
  set_part(finding, "sql", "");
  set_identity(finding, candidate.path);
  const DumpEnd end = plain_end(candidate, tree, head, cluster_marker);
  const bool has_databases = !finding.databases.empty() || head.find("\n\\connect ") != std::string::npos;
  if (!has_databases && head.size() < head_size) {
    finding.kind = "pg_dumpall globals";
    finding.role = Role::part;
  }
  set_end(finding, end, "the line \"cluster dump complete\" is missing");
  if (has_databases && head.size() >= head_size) {
    finding.health.notes.emplace_back("Only the databases at its beginning are listed.");
  }
  finding.evidence.emplace_back("header of pg_dumpall");
  return finding;
}

Result<Finding> probe_custom_dump(const Candidate& candidate, Tree& tree) {
  const std::string head = RECOVER_TRY(read_head(tree, candidate.path, toc_size));
  const auto toc = parse_archive_toc(head);
  if (!toc) return not_recognised(candidate, "no archive header that is understood");
  Finding finding = dump_of(candidate, "pg_dump custom archive", tree);
  describe_archive(*toc, "archive header", finding);
  set_identity(finding, candidate.path);
  const EntryInfo info = RECOVER_TRY(tree.info(candidate.path));
  const DumpEnd end = is_seekable(candidate, tree)
                          ? check_custom_end(tree, candidate.path, info.size.count, *toc, walk_budget)
                          : end_within(head, toc_size, candidate, tree);
  if (toc->format != 1) {
    finding.kind = "pg_dump directory, only toc.dat";
    finding.health = {HealthState::incomplete,
                      "data files missing",
                      {"This is the table of contents of a directory dump."}};
    return finding;
  }
  if (!is_stream(candidate, tree)) set_part(finding, "archive", toc->database);
  set_end(finding, end, "a data block has no end");
  RECOVER_TRY(join_sections(candidate, tree, finding));
  return finding;
}

Result<Finding> probe_directory_dump(const Candidate& candidate, Tree& tree) {
  const std::vector<Entry> entries = RECOVER_TRY(tree.list(candidate.path));
  std::string name;
  for (const Entry& entry : entries) {
    if (entry.name == "toc.dat" || (name.empty() && entry.name.starts_with("toc.dat."))) name = entry.name;
  }
  const std::string path = join_path(candidate.path, name);
  const auto toc = parse_archive_toc(RECOVER_TRY(read_head(tree, path, toc_size)));
  if (!toc) return not_recognised(candidate, "toc.dat is not pg_dump's");
  Finding finding = dump_of(candidate, "pg_dump directory", tree);
  describe_archive(*toc, name, finding);
  set_part(finding, "directory", toc->database);
  const auto missing = missing_files(*toc, entries);
  DumpEnd end = toc->is_whole ? DumpEnd::not_checked : DumpEnd::truncated;
  if (!missing.empty()) end = DumpEnd::truncated;
  set_end(finding, end,
          missing.empty()
              ? "its table of contents is cut"
              : fmt::format("{} data files are missing, {} first", missing.size(), missing.front()));
  if (end == DumpEnd::not_checked) finding.health.summary = "all files there, contents not checked";
  RECOVER_TRY(join_sections(candidate, tree, finding));
  return finding;
}

Result<Finding> probe_tar_dump(const Candidate& candidate, Tree& tree) {
  constexpr std::size_t tar_header = 512;
  const std::string head = RECOVER_TRY(read_head(tree, candidate.path, tar_header + toc_size));
  if (head.size() < tar_header) return not_recognised(candidate, "shorter than a tar header");
  const auto toc = parse_archive_toc(std::string_view(head).substr(tar_header));
  if (!toc) return not_recognised(candidate, "toc.dat is not pg_dump's");
  Finding finding = dump_of(candidate, "pg_dump tar archive", tree);
  describe_archive(*toc, "toc.dat", finding);
  set_identity(finding, candidate.path);
  const EntryInfo info = RECOVER_TRY(tree.info(candidate.path));
  const DumpEnd end = is_seekable(candidate, tree) ? check_tar_end(tree, candidate.path, info.size.count)
                                                   : end_within(head, tar_header + toc_size, candidate, tree);
  if (!is_stream(candidate, tree)) set_part(finding, "archive", toc->database);
  set_end(finding, end, "a member goes beyond the end of the file");
  RECOVER_TRY(join_sections(candidate, tree, finding));
  return finding;
}

Result<Finding> probe_cluster_dump_set(const Candidate& candidate, Tree& tree) {
  const std::string globals = join_path(candidate.path, "globals.sql");
  const std::string head = RECOVER_TRY(read_head(tree, globals, head_size));
  if (head.find("PostgreSQL database cluster dump") == std::string::npos &&
      head.find("CREATE ROLE") == std::string::npos) {
    return not_recognised(candidate, "globals.sql is not pg_dumpall's");
  }
  Finding finding = dump_of(candidate, "cluster dump set", tree);
  const std::string dumps = tree.has_directory(join_path(candidate.path, "dumps"))
                                ? join_path(candidate.path, "dumps")
                                : candidate.path;
  std::vector<std::string> parts{"sql|globals.sql|"};
  for (const Entry& entry : RECOVER_TRY(tree.list(dumps))) {
    if (entry.name == "globals.sql") continue;
    std::string name = entry.type == EntryType::directory ? entry.name : database_of_file(entry.name);
    if (name.empty()) continue;
    finding.databases.push_back(name);
    const bool is_directory = entry.type == EntryType::directory;
    const std::string place = join_path(dumps, entry.name);
    const auto toc = tree.read_decoded_head(is_directory ? join_path(place, "toc.dat") : place, 65536);
    const auto parsed = toc ? parse_archive_toc(*toc) : std::nullopt;
    if (parsed && finding.version.text.empty()) {
      set_versions(finding, parsed->server_version, parsed->dump_version, "dumps/" + entry.name);
    }
    const char* form = !parsed ? "sql" : is_directory ? "directory" : "archive";
    parts.push_back(
        fmt::format("{}|{}|{}", form, relative_to(join_path(dumps, entry.name), candidate.path), name));
    if (parsed && !parsed->database.empty() && parsed->database != name) {
      finding.health.notes.push_back(
          fmt::format("{} is a dump of database \"{}\".", entry.name, parsed->database));
    }
  }
  if (finding.databases.empty()) return not_recognised(candidate, "no dumps beside globals.sql");
  std::sort(finding.databases.begin(), finding.databases.end());
  std::sort(parts.begin() + 1, parts.end());
  set_fact(finding.facts, fact::dump_parts, parts);
  finding.health.state = HealthState::unknown;
  finding.health.summary = "completeness not checked";
  finding.evidence.push_back(fmt::format("globals.sql and {} dumps", finding.databases.size()));
  return finding;
}

Result<Finding> probe_development_dump(const Candidate& candidate, Tree& tree) {
  Finding finding = dump_of(candidate, "pg_dumpall archive (development format)", tree);
  finding.confidence = Confidence::probable;
  finding.health = {HealthState::unknown,
                    "no released version reads it",
                    {"The archives in databases/ are ordinary and can be restored one by one."}};
  finding.evidence.emplace_back("toc.glo, map.dat, databases");
  return finding;
}

}  // namespace recover::postgresql
