/// The copies of a direct copy and the steps that make the copy startable.
#pragma once

#include "postgresql/plan_tablespaces.hpp"
#include "postgresql/settings.hpp"
#include "recover/engine.hpp"
#include "recover/steps.hpp"

#include <string>
#include <vector>

namespace recover::postgresql {

/// What the builders look at. `plan` has its target and facts already.
struct SourceParts {
  const Plan& plan;
  const Wishes& wishes;
  const std::vector<TablespaceMove>& tablespaces;
  Tree& tree;
  const std::vector<Setting>& carried;  ///< settings of the source that go on
};

/// The root of the source as actions name it.
std::string source_root(const SourceParts& parts);

/// A step of the staging, which undoing the staging undoes.
Step step(std::string id, std::string title, Action action);

/// A copy without what every server makes anew.
CopyTree copy_of(const SourceParts& parts, const std::string& from, const std::string& to);

/// What the inspector must know. `manifest` is our copy of a backup's list, or empty; `below` is where the
/// files lie inside of the cluster.
Facts inspection_facts(const Plan& plan, const std::string& manifest, const std::string& below);

/// The data directory first, then what belongs to it. Empty when it is an archive.
std::vector<CopyTree> copy_parts(const SourceParts& parts);

/// The step that comes before every copy where a backup has a list of its files.
std::optional<Step> place_manifest(const SourceParts& parts);

/// "manifest path|root of the copy" of each copy.
std::vector<std::string> manifests_of(const std::vector<CopyTree>& copies);

/// What follows the copy: archives unpacked, WAL gathered, links, skeleton, our configuration, and what
/// recovery needs to be told. `locales` are built beside the data.
std::vector<Step> complete_copy(const SourceParts& parts, const std::vector<std::string>& locales);

}  // namespace recover::postgresql
