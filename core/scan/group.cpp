// One database is one row. The same database is often there several times: as directory and as dump, as
// live copy and as data.old, in a layer of a container image. Which is which cannot be known for certain
// from outside, so nothing is removed: copies are linked, old ones rank later, parts are attached to their
// owner by identity, and only files that a plugin calls "grouped" (browser profiles, caches) become one row.

#include "core/scan/group.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

namespace recover::scan {
namespace {

bool is_leftover_name(std::string_view name) {
  constexpr std::string_view endings[] = {".old",    ".bak",    ".orig",    ".save",
                                          ".backup", ".broken", ".corrupt", "~"};
  constexpr std::string_view infixes[] = {".old.", ".bak.", ".old-", ".bak-", "_old_", "-old-"};
  constexpr std::string_view names[] = {"old", "bak", "lost+found", ".Trash", ".trash", "Trash"};
  const auto ends = [&](std::string_view ending) {
    return name.size() > ending.size() && name.ends_with(ending);
  };
  return std::any_of(std::begin(endings), std::end(endings), ends) ||
         std::any_of(std::begin(infixes), std::end(infixes),
                     [&](std::string_view infix) { return name.find(infix) != std::string_view::npos; }) ||
         std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// Image layers of docker (overlay2/ID/diff) and podman (overlay/ID/diff).
bool is_image_layer(const std::vector<std::string_view>& parts) {
  for (std::size_t i = 0; i + 2 < parts.size(); ++i) {
    if ((parts[i] == "overlay2" || parts[i] == "overlay") && parts[i + 2] == "diff") return true;
  }
  return false;
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto end = path.find_first_of("/!");
    parts.push_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
  }
  return parts;
}

void mark_leftover(Finding& finding) {
  if (finding.role != Role::database || !is_leftover_path(finding.path)) return;
  finding.role = Role::leftover;
  finding.health.notes.push_back(
      is_image_layer(parts_of(finding.path))
          ? "It lies in a layer of a container image: a template, unless the container wrote it."
          : "Its name says that it is an old copy.");
}

/// The row that stands for many small files of one application.
Finding folded(const std::vector<Finding>& members, const std::string& group) {
  Finding row = members.front();
  row.name = group;
  row.path = group;
  row.size = {};
  row.content_time = 0;
  row.databases.clear();
  std::vector<std::string> files;
  row.evidence = {std::to_string(members.size()) + " files"};
  for (const auto& member : members) {
    row.size += member.size;
    row.content_time = std::max(row.content_time, member.content_time);
    files.push_back(member.path);
  }
  if (const auto kind = text_fact(row.facts, "group_kind"); !kind.empty()) row.kind = kind;
  row.identity.clear();
  set_fact(row.facts, "files", std::move(files));
  return row;
}

std::vector<Finding> fold_groups(std::vector<Finding> findings) {
  std::vector<Finding> result;
  std::map<std::pair<std::string, std::string>, std::vector<Finding>> groups;
  for (auto& finding : findings) {
    const std::string group = text_fact(finding.facts, "group");
    if (finding.role == Role::grouped && !group.empty()) {
      groups[{finding.engine, group}].push_back(std::move(finding));
    } else {
      result.push_back(std::move(finding));
    }
  }
  for (const auto& [key, members] : groups) result.push_back(folded(members, key.second));
  return result;
}

int rank_of(Role role) {
  switch (role) {
    case Role::database: return 0;
    case Role::part: return 1;
    case Role::repository: return 2;
    case Role::leftover: return 3;
    case Role::grouped: return 4;
    case Role::wrapper: return 5;
  }
  return 6;
}

void order(std::vector<Finding>& findings, const std::vector<Manifest>& manifests) {
  const auto engine_rank = [&](const std::string& engine) {
    const auto place = std::find_if(manifests.begin(), manifests.end(),
                                    [&](const Manifest& manifest) { return manifest.engine == engine; });
    // Engines that only recognise (disk images, other tools) come last.
    return (place - manifests.begin()) + (place != manifests.end() && place->library.empty() ? 1000 : 0);
  };
  const auto key = [&](const Finding& finding) {
    return std::tuple(engine_rank(finding.engine), rank_of(finding.role), -finding.content_time,
                      ~finding.size.logical.count, finding.path);
  };
  std::sort(findings.begin(), findings.end(),
            [&](const Finding& left, const Finding& right) { return key(left) < key(right); });
}

void give_ids(std::vector<Finding>& findings, const std::vector<Manifest>& manifests) {
  std::map<std::string, int> used;
  for (auto& finding : findings) {
    const auto place = std::find_if(manifests.begin(), manifests.end(), [&](const Manifest& manifest) {
      return manifest.engine == finding.engine;
    });
    const std::string prefix = place == manifests.end() ? finding.engine : place->id_prefix;
    finding.id = prefix + "-" + std::to_string(++used[prefix]);
  }
}

void link(Finding& from, const Finding& to, const std::string& how) {
  const bool known = std::any_of(from.related.begin(), from.related.end(),
                                 [&](const Relation& relation) { return relation.id == to.id; });
  if (!known) from.related.push_back({to.id, how});
}

/// What `other` is for `finding`, both having the same identity.
std::string relation_to(const Finding& finding, const Finding& other) {
  if (finding.role == Role::part && other.role != Role::part) return "part of";
  if (finding.role != Role::part && other.role == Role::part) return "has " + other.kind;
  if (finding.role == Role::part) return "belongs to the same database as";
  if (finding.content_time != 0 && other.content_time != 0 && finding.content_time != other.content_time) {
    return finding.content_time < other.content_time ? "older copy of" : "newer copy of";
  }
  return "same database as";
}

void link_by_identity(std::vector<Finding>& findings) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (!findings[i].identity.empty()) groups[{findings[i].engine, findings[i].identity}].push_back(i);
  }
  constexpr std::size_t most_links = 50;
  for (const auto& [key, members] : groups) {
    for (const auto one : members) {
      for (const auto other : members) {
        if (one == other || findings[one].related.size() >= most_links) continue;
        link(findings[one], findings[other], relation_to(findings[one], findings[other]));
      }
    }
  }
}

/// Dumps carry no identity; the same set of names in the same engine is a good hint.
void link_by_names(std::vector<Finding>& findings) {
  std::map<std::pair<std::string, std::set<std::string>>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const auto& finding = findings[i];
    if (finding.databases.empty() || (finding.role != Role::database && finding.role != Role::leftover))
      continue;
    groups[{finding.engine, {finding.databases.begin(), finding.databases.end()}}].push_back(i);
  }
  constexpr std::size_t most_members = 20;  // a hundred daily dumps need no web of links
  for (const auto& [key, members] : groups) {
    if (members.size() > most_members) continue;
    for (const auto one : members) {
      for (const auto other : members) {
        const bool differs =
            findings[one].identity.empty() || findings[one].identity != findings[other].identity;
        if (one != other && differs) link(findings[one], findings[other], "same database names as");
      }
    }
  }
}

}  // namespace

bool is_leftover_path(const std::string& path) {
  const auto parts = parts_of(path);
  return is_image_layer(parts) || std::any_of(parts.begin(), parts.end(), is_leftover_name);
}

std::vector<Finding> arrange(std::vector<Finding> findings, const std::vector<Manifest>& manifests,
                             const Grouping& grouping) {
  for (auto& finding : findings) mark_leftover(finding);
  if (grouping.group_small_files) findings = fold_groups(std::move(findings));
  order(findings, manifests);
  give_ids(findings, manifests);
  link_by_identity(findings);
  link_by_names(findings);
  return findings;
}

}  // namespace recover::scan
