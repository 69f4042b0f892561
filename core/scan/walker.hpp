/// The parallel pass over a real directory tree.
#pragma once

#include "core/scan/pass.hpp"

namespace recover::scan {

/// Walks the tree below `root` (an open directory, `root_path` is its absolute path) with several
/// threads and examines what it meets. Cancellation ends it early; whatever cannot be read is counted.
void walk(const Pass& pass, int root, const std::string& root_path);

}  // namespace recover::scan
