/// From a heap of findings to a list for people: relations, leftovers, groups, ids.
#pragma once

#include "core/scan/manifest.hpp"
#include "recover/model.hpp"

#include <vector>

namespace recover::scan {

struct Grouping {
  bool group_small_files = true;  ///< many application files become one row
};

/// Orders the findings, tells leftovers from live copies, folds groups, links what belongs together and
/// gives out ids ("pg-1"). Pure.
std::vector<Finding> arrange(std::vector<Finding> findings, const std::vector<Manifest>& manifests,
                             const Grouping& grouping);

/// True for paths of old copies and templates: "data.old", "x.bak", "y~", layers of container images.
bool is_leftover_path(const std::string& path);

}  // namespace recover::scan
