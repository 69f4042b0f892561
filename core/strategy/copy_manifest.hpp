/// Writing the manifest of a finished copy (docs/formats/copy-manifest.md); read_copy_manifest of
/// tree_copy.hpp reads it.
#pragma once

#include "core/strategy/tree_copy.hpp"

#include <string>

namespace recover::strategy {

/// Writes it as a whole or not at all, durably. Errors: disk.full, target.write_failed.
Result<void> write_copy_manifest(const std::string& path, const CopyOutcome& outcome);

}  // namespace recover::strategy
