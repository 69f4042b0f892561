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

/// The data directory first, then what belongs to it. Empty when it is an archive.
std::vector<CopyTree> copy_parts(const SourceParts& parts);

/// "manifest path|root of the copy" of each copy.
std::vector<std::string> manifests_of(const std::vector<CopyTree>& copies);

/// What follows the copy: archives unpacked, WAL gathered, links, skeleton, our configuration, and what
/// recovery needs to be told. `locales` are built beside the data.
std::vector<Step> complete_copy(const SourceParts& parts, const std::vector<std::string>& locales);

}  // namespace recover::postgresql
