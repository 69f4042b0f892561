/// From hits to findings: asks the engines' plugins.
#pragma once

#include "core/plugin/catalog.hpp"
#include "core/scan/collection.hpp"
#include "core/scan/matcher.hpp"

#include <string>
#include <vector>

namespace recover::scan {

/// Where a candidate lies: a path in a tree, and the archive (relative to the scanned root) whose index
/// that tree is, if it is one.
struct Place {
  Tree& tree;
  std::string path;
  std::string archive;
};

/// Thread-safe: engines are const, the collection locks.
class Examiner {
 public:
  Examiner(plugin::Catalog& catalog, Collection& collection) : catalog_(catalog), collection_(collection) {}

  /// Asks the engines of `hits` (best first) about one path. A file is one thing: the first engine that
  /// confirms it is believed. A directory may hold things of several engines unless one claims it.
  /// Returns what was confirmed; the finding's size is to be measured where its `files` is 0.
  std::vector<Found*> examine(const Place& place, const std::vector<Hit>& hits, const Size& size,
                              const std::string& encoding = {});

 private:
  /// The hits of one engine at this path, best first.
  Found* ask(const Place& place, const std::vector<Hit>& hits, const Size& size, const std::string& encoding);

  plugin::Catalog& catalog_;
  Collection& collection_;
};

}  // namespace recover::scan
