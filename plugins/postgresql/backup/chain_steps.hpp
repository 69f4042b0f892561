/// A chain of backups on its way into one directory: copied or unpacked side by side, then combined.
#pragma once

#include "postgresql/plan_steps.hpp"

#include <string>
#include <utility>
#include <vector>

namespace recover::postgresql::backup {

/// Is what this plan copies a chain of backups?
bool is_chain(const Plan& plan);

/// Where the newest backup of the chain is staged.
std::string newest_of_chain(const Plan& plan);

/// The copies of what lies in directories.
std::vector<CopyTree> chain_copies(const SourceParts& parts);

/// The manifests: path in the source -> our copy.
std::vector<std::pair<std::string, std::string>> chain_manifests(const Plan& plan);

/// What follows the copies: archives unpacked, links made, lists compared, all of it combined into the staged
/// data directory.
std::vector<Step> chain_steps(const SourceParts& parts);

}  // namespace recover::postgresql::backup
