// pg_combinebackup takes plain directories, with their tablespaces linked below pg_tblspc, and writes a new
// one; the links of the newest backup are what its --tablespace-mapping names. So every backup of the chain
// gets a directory of its own in the staging place, whatever form it came in, and the source is only read.
#include "postgresql/backup/chain_steps.hpp"

#include "postgresql/backup/listed_inspector.hpp"
#include "postgresql/facts.hpp"
#include "postgresql/placement.hpp"

#include <fmt/format.h>

#include <charconv>

namespace recover::postgresql::backup {

namespace {

/// One backup of the chain.
struct Link {
  std::string data;  ///< in the source: a directory or an archive
  bool is_archive = false;
  std::string manifest;                                          ///< in the source; empty: none
  std::string manifest_copy;                                     ///< ours
  std::string staged;                                            ///< its data directory
  std::vector<std::pair<std::string, std::string>> tablespaces;  ///< OID -> in the source

  [[nodiscard]] std::string staged_space(const std::string& oid) const {
    return staged + ".tablespaces/" + oid;
  }
};

std::vector<Link> links_of(const Plan& plan) {
  const auto data = list_fact(plan.facts, fact::chain_data);
  const auto layouts = list_fact(plan.facts, fact::chain_layouts);
  const auto manifests = list_fact(plan.facts, fact::chain_manifests);
  const std::string copy = text_fact(plan.facts, plan_fact::manifest_copy);
  std::vector<Link> links;
  for (std::size_t at = 0; at < std::min({data.size(), layouts.size(), manifests.size()}); ++at) {
    Link link{data[at], layouts[at] == "tar", copy.empty() ? "" : manifests[at], {}, {}, {}};
    if (!link.manifest.empty()) link.manifest_copy = fmt::format("{}-{}", copy, at);
    link.staged = fmt::format("{}/chain/{}", plan.target.staging, at);
    links.push_back(std::move(link));
  }
  for (const std::string& entry : list_fact(plan.facts, fact::chain_tablespaces)) {
    std::size_t number = 0;
    std::from_chars(entry.data(), entry.data() + entry.size(), number);
    const std::size_t bar = entry.find('|') + 1;
    const std::size_t equals = entry.find('=', bar);
    if (number < links.size())
      links[number].tablespaces.emplace_back(entry.substr(bar, equals - bar), entry.substr(equals + 1));
  }
  return links;
}

CopyTree inspected_copy(const SourceParts& parts, const Link& link, const std::string& from,
                        const std::string& to, const std::string& below) {
  CopyTree copy = copy_of(parts, from, to);
  copy.inspect = true;
  copy.inspect_facts = inspection_facts(parts.plan, link.manifest_copy, below);
  return copy;
}

UnpackArchive inspected_unpacking(const SourceParts& parts, const Link& link, const std::string& from,
                                  const std::string& to, const std::string& below) {
  UnpackArchive unpack{source_root(parts), from, to, parts.plan.target.run_as};
  unpack.inspect = true;
  unpack.inspect_facts = inspection_facts(parts.plan, link.manifest_copy, below);
  return unpack;
}

void add_link_steps(std::vector<Step>& steps, const SourceParts& parts, const Link& link,
                    std::size_t number) {
  if (link.is_archive) {
    steps.push_back(step(fmt::format("unpack-chain-{}", number), "unpack " + link.data,
                         inspected_unpacking(parts, link, link.data, link.staged, "")));
  }
  const std::string& owner = parts.plan.target.run_as;
  for (const auto& [oid, from] : link.tablespaces) {
    const std::string space = link.staged_space(oid);
    if (parts.tree.has_file(from)) {
      steps.push_back(step(fmt::format("unpack-chain-{}-{}", number, oid), "unpack tablespace " + from,
                           inspected_unpacking(parts, link, from, space, "pg_tblspc/" + oid)));
    }
    steps.push_back(step(fmt::format("link-chain-{}-{}", number, oid), "link tablespace " + oid,
                         MakeDirectories{link.staged + "/pg_tblspc", {}, owner, 0700}));
    steps.push_back(step(fmt::format("link-chain-{}-{}-here", number, oid),
                         "link tablespace " + oid + " to " + space,
                         MakeLink{link.staged + "/pg_tblspc/" + oid, space, owner}));
  }
  if (link.manifest_copy.empty()) return;
  steps.push_back(
      step(fmt::format("complete-chain-{}", number),
           "find every file of the backup's list in the copy of " + link.data,
           EngineCall{"check_manifest", {{"manifest", link.manifest_copy}, {"root", link.staged}}}));
}

}  // namespace

bool is_chain(const Plan& plan) {
  return find_fact(plan.facts, fact::chain_data) != nullptr;
}

std::string newest_of_chain(const Plan& plan) {
  const auto links = links_of(plan);
  return links.empty() ? std::string() : links.back().staged;
}

std::vector<CopyTree> chain_copies(const SourceParts& parts) {
  std::vector<CopyTree> copies;
  const auto links = links_of(parts.plan);
  for (const Link& link : links) {
    if (!link.is_archive) {
      CopyTree copy = inspected_copy(parts, link, link.data, link.staged, "");
      copy.empty = {"pg_tblspc"};
      if (&link != &links.back())
        copy.empty.emplace_back("pg_wal");  // only the newest backup's log is replayed
      copies.push_back(std::move(copy));
    }
    for (const auto& [oid, from] : link.tablespaces) {
      if (!parts.tree.has_file(from))
        copies.push_back(inspected_copy(parts, link, from, link.staged_space(oid), "pg_tblspc/" + oid));
    }
  }
  return copies;
}

std::vector<std::pair<std::string, std::string>> chain_manifests(const Plan& plan) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const Link& link : links_of(plan)) {
    if (!link.manifest.empty()) files.emplace_back(link.manifest, link.manifest_copy);
  }
  return files;
}

std::vector<Step> chain_steps(const SourceParts& parts) {
  std::vector<Step> steps;
  std::vector<std::string> directories;
  std::vector<std::string> mapping;
  const auto links = links_of(parts.plan);
  for (std::size_t at = 0; at < links.size(); ++at) {
    add_link_steps(steps, parts, links[at], at);
    directories.push_back(links[at].staged);
  }
  for (const TablespaceMove& move : parts.tablespaces)
    mapping.push_back(links.back().staged_space(move.oid) + "|" + move.to);
  steps.push_back(step("combine", fmt::format("combine {} backups into one directory", links.size()),
                       EngineCall{"combine", {{"directories", directories}, {"mapping", mapping}}}));
  steps.push_back(step("set_aside", "keep the source's settings under other names",
                       EngineCall{"set_aside_settings", {}}));
  return steps;
}

}  // namespace recover::postgresql::backup
