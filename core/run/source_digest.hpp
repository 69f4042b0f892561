/// The digest of everything a run read from the source.
#pragma once

#include "core/run/run.hpp"

#include <string>

namespace recover::run {

/// XXH3-128 over names and hashes in the copy manifests of all plans; empty when nothing was copied.
std::string source_digest(const RunPlan& plan);

}  // namespace recover::run
