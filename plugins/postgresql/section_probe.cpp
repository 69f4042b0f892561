// The sections of one dump are brought together by the names of their files (dump_sections.hpp), whatever the
// form of each. Archives also say of which database they are, so those of two databases are never joined. An
// archive keeps CREATE DATABASE in each of its sections; only the first one's is wanted, and who reads the
// others leaves it out (load/dump_text.cpp).
#include "postgresql/section_probe.hpp"

#include "postgresql/archive_toc.hpp"
#include "postgresql/dump_date.hpp"
#include "postgresql/dump_probe.hpp"
#include "postgresql/dump_sections.hpp"
#include "postgresql/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace recover::postgresql {

namespace {

/// What the beginning of one of the files says.
struct SectionHead {
  std::string form;      ///< as in fact::dump_parts
  std::string database;  ///< empty: it is text
  Result<Finding> (*probe)(const Candidate&, Tree&) = nullptr;
  bool is_compressed = false;
};

/// Nothing when it is no dump.
std::optional<SectionHead> head_of(const std::string& path, Tree& tree) {
  constexpr std::size_t length = 65536;  // what the index of an archive keeps of a member
  constexpr std::size_t tar_header = 512;
  if (tree.has_directory(path)) {
    const auto head = tree.read_decoded_head(join_path(path, "toc.dat"), length);
    const auto toc = head ? parse_archive_toc(*head) : std::nullopt;
    if (!toc) return std::nullopt;
    return SectionHead{"directory", toc->database, probe_directory_dump};
  }
  const auto head = tree.read_decoded_head(path, length);
  if (!head) return std::nullopt;
  const auto stored = tree.read(path, 0, 2);
  const bool is_compressed = !stored || !head->starts_with(*stored);
  if (const auto toc = parse_archive_toc(*head))
    return SectionHead{"archive", toc->database, probe_custom_dump, is_compressed};
  const std::string_view in_tar = std::string_view(*head).substr(std::min(head->size(), tar_header));
  if (const auto toc = parse_archive_toc(in_tar))
    return SectionHead{"archive", toc->database, probe_tar_dump, is_compressed};
  if (head->find("-- PostgreSQL database dump") == std::string::npos) return std::nullopt;
  return SectionHead{"sql", {}, probe_plain_dump, is_compressed};
}

/// All three of a dump, in the order in which they are loaded.
struct Sections {
  std::string directory;  ///< with its '/'; empty: the root of the tree
  std::array<std::string, 3> names;
  std::array<SectionHead, 3> heads;

  /// What the archives among them say; empty: they are all text.
  [[nodiscard]] std::string database() const {
    const auto* const said = std::find_if(heads.begin(), heads.end(),
                                          [](const SectionHead& one) { return !one.database.empty(); });
    return said == heads.end() ? std::string{} : said->database;
  }
};

/// Nothing when one is missing, cannot be read as a dump, or is of another database.
Result<std::optional<Sections>> sections_with(const std::string& path, Tree& tree) {
  const std::string name = path.substr(path.rfind('/') + 1);
  Sections all;
  all.directory = path.substr(0, path.size() - name.size());
  if (!section_of(name)) return std::optional<Sections>{};
  std::vector<std::string> beside;
  const std::string place = all.directory.substr(0, all.directory.find_last_not_of('/') + 1);
  for (const Entry& entry : RECOVER_TRY(tree.list(place))) beside.push_back(entry.name);
  for (const Section section : {Section::pre_data, Section::data, Section::post_data}) {
    const auto number = static_cast<std::size_t>(section);
    const auto found = other_section(name, section, beside);
    const auto head = found ? head_of(all.directory + *found, tree) : std::nullopt;
    if (!head) return std::optional<Sections>{};
    all.names.at(number) = *found;
    all.heads.at(number) = *head;
  }
  const std::string database = all.database();
  const bool is_of_one = std::all_of(all.heads.begin(), all.heads.end(), [&](const SectionHead& one) {
    return one.form == "sql" || one.database == database;
  });
  return is_of_one ? std::optional<Sections>{std::move(all)} : std::nullopt;
}

/// Text says it in its \connect or not at all; then it is the name of the files, or of where they lie.
std::string database_of(const Sections& sections, const Finding& first, const Tree& tree) {
  if (std::string said = sections.database(); !said.empty()) return said;
  if (first.databases.size() == 1) return first.databases.front();
  std::string name = without_section(sections.names.front());
  if (!name.empty()) return name;
  const std::string place = tree.describe(sections.directory.substr(0, sections.directory.size() - 1));
  return place.substr(place.rfind('/') + 1);
}

Result<Bytes> size_of(const std::string& path, Tree& tree) {
  if (!tree.has_directory(path)) return RECOVER_TRY(tree.info(path)).size;
  Bytes all;
  for (const Entry& entry : RECOVER_TRY(tree.list(path)))
    all += RECOVER_TRY(tree.info(join_path(path, entry.name))).size;
  return all;
}

}  // namespace

Result<void> join_sections(const Candidate& candidate, Tree& tree, Finding& finding) {
  const auto sections = RECOVER_TRY(sections_with(candidate.path, tree));
  if (!sections || list_fact(finding.facts, fact::dump_parts).empty()) return {};
  if (sections->directory + sections->names.front() != candidate.path) {
    finding.role = Role::part;
    return {};
  }
  const std::string database = database_of(*sections, finding, tree);
  std::vector<std::string> parts{fmt::format("{}||{}", sections->heads.front().form, database)};
  for (std::size_t number = 1; number < sections->names.size(); ++number) {
    const SectionHead& head = sections->heads.at(number);
    const std::string& name = sections->names.at(number);
    const std::string path = sections->directory + name;
    parts.push_back(fmt::format("{}|../{}|{}", head.form, name, database));
    finding.size.logical += RECOVER_TRY(size_of(path, tree));
    const Candidate other{
        candidate.engine, candidate.kind, path, {}, {}, head.is_compressed ? "compressed" : ""};
    const Finding part = RECOVER_TRY(head.probe(other, tree));
    if (finding.health.state == HealthState::ok) finding.health = part.health;
  }
  finding.identity = "dumps in " + sections->directory + " of " + without_time(database);
  set_fact(finding.facts, fact::dump_parts, parts);
  finding.evidence.push_back(
      fmt::format("with its other sections {} and {}", sections->names.at(1), sections->names.at(2)));
  return {};
}

}  // namespace recover::postgresql
